/**
 * Whether some command of an architecture can discharge a scope of a recipe.
 *
 * Follows the design page, section 4: a duty is done by a command that covers caches, tags and range. A recipe that
 * asks for what no command does could never be discharged, so it is refused when it is loaded. Operands are free here:
 * each may be given, with the value of the duty, or not given; only those choices matter, since a matched operand that
 * is given can be made equal to the duty's tag. A duty of stage 2 is counted in guest pages, any other in IOVA pages,
 * so a command that selects by the other address covers nothing of it.
 */

import { manualNames } from "./manual.js";
import {
  type Architecture,
  type CommandRule,
  type Condition,
  type InvalidationKind,
  type RemovalRule,
  type Scope,
  unreachable,
} from "./vocabulary.js";

/** Which operands a command is sent with. */
export interface OperandChoice {
  address: boolean;
  domain: boolean;
  process: boolean;
  requester: boolean;
  leaf: boolean;
}

/** All 32 ways to send a command. The widest come first, so that a report names the simplest. */
export const OPERAND_CHOICES: readonly OperandChoice[] = Array.from({ length: 32 }, (_, bits) => ({
  address: (bits & 1) !== 0,
  domain: (bits & 2) !== 0,
  process: (bits & 4) !== 0,
  requester: (bits & 8) !== 0,
  leaf: (bits & 16) !== 0,
}));

/** `byGuestPage`: the scope is of a stage-2 rule. */
export function canCover(architecture: Architecture, scope: Scope, byGuestPage = false): boolean {
  return coveringKinds(architecture, scope, byGuestPage).length > 0;
}

/** The kinds of command that can discharge `scope`, for hints. */
export function coveringKinds(architecture: Architecture, scope: Scope, byGuestPage = false): InvalidationKind[] {
  const forms = coveringForms(architecture, scope, byGuestPage);
  return architecture.commands.filter(({ kind }) => forms.some((form) => form.kind === kind)).map(({ kind }) => kind);
}

/** One way to send one command. */
export interface CommandForm {
  kind: InvalidationKind;
  choice: OperandChoice;
}

/** Every way to send one command that discharges all caches of `scope` together. */
export function coveringForms(architecture: Architecture, scope: Scope, byGuestPage = false): CommandForm[] {
  return architecture.commands.flatMap((command) =>
    OPERAND_CHOICES.filter((choice) =>
      scope.caches.every((cache) =>
        command.removes.some(
          (rule) =>
            rule.cache === cache &&
            !leavesNegatives(architecture, rule, choice) &&
            removalCovers(command, rule, choice, scope, byGuestPage),
        ),
      ),
    ).map((choice) => ({ kind: command.kind, choice })),
  );
}

/** A negative result of stage 1 came through no guest page: to select by one leaves it. */
function leavesNegatives({ caches }: Architecture, rule: RemovalRule, choice: OperandChoice): boolean {
  const negative = caches.find(({ name }) => name === rule.cache)?.negative;
  const mayHold = negative?.notPresent === true || negative?.malformed === true;
  return mayHold && choice.address && rule.match.includes("guest-address");
}

function removalCovers(
  command: CommandRule,
  rule: RemovalRule,
  choice: OperandChoice,
  scope: Scope,
  byGuestPage: boolean,
): boolean {
  if (!rule.when.every((condition) => holds(condition, choice))) return false;
  if (scope.global === "always" && !rule.global) return false;
  if (scope.process === "any" && choice.process && rule.match.includes("process")) return false;
  const selects = rule.match.includes("address") || rule.match.includes("guest-address");
  if (!selects) return true;
  // An encoding that cannot say "all" means page 0 alone without an address.
  if (!choice.address) return command.range.all === "whole";
  const guest = rule.match.includes("guest-address") || rule.cache === "stage2" || rule.cache === "stage2-walk";
  return guest === byGuestPage;
}

export function holds(condition: Condition, choice: OperandChoice): boolean {
  switch (condition) {
    case "address":
      return choice.address;
    case "no-address":
      return !choice.address;
    case "domain":
      return choice.domain;
    case "no-domain":
      return !choice.domain;
    case "process":
      return choice.process;
    case "no-process":
      return !choice.process;
    case "requester":
      return choice.requester;
    case "no-requester":
      return !choice.requester;
    case "leaf":
      return choice.leaf;
    case "not-leaf":
      return !choice.leaf;
    default:
      return unreachable(condition);
  }
}

/** What is known about a scope that nothing covers: which commands touch its cache at all. */
export function cannotCoverReason(architecture: Architecture, scope: Scope): string {
  const caches = scope.caches.join(" + ");
  const touches = (command: CommandRule) =>
    scope.caches.every((cache) => command.removes.some((rule) => rule.cache === cache));
  const touching = architecture.commands.filter(touches);
  if (touching.length === 0) return `no command of it touches ${caches}`;
  const names = touching.map((command) => `${command.kind} (${manualNames(command.manual)})`).join(", ");
  return `commands that touch ${caches}, but never all of this: ${names}`;
}
