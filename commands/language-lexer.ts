/**
 * Splits a line of the sequence language into commands, and each command into words and symbols.
 *
 * `;` ends a command, `#` starts a comment, a remark in round brackets is dropped wherever it stands: it may hold `;`,
 * `#` and further brackets, but ends on its line. Round brackets are part of a command in two places only: the tuple of
 * `ctx c0=(d0,p0,g2)`, and the VM in `w (d1) g4[0]=-`. `+` is a symbol inside square brackets and a letter elsewhere,
 * since `walk+` is a word. One pass, no backtracking: lines may be megabytes long.
 */

/** A word or symbol; `start` and `end` are offsets in the line. */
export interface Token {
  text: string;
  start: number;
  end: number;
}

/** One command as split; `bracket` is the offset of a round bracket without its partner, or -1. */
export interface LexedCommand {
  tokens: Token[];
  bracket: number;
}

const SPACE = /\s+/y;
const WORD = /[^\s;#()[\]=,]+/y;
const WORD_IN_SQUARE = /[^\s;#()[\]=,+]+/y;
const WRITE_VM = /\(\s*([dv][0-9]+)\s*\)/y;

/** Where the text matched by the sticky `pattern` at `at` ends, or -1. */
function matchEnd(pattern: RegExp, line: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(line) ? pattern.lastIndex : -1;
}

/** The offset behind the bracket that closes the one at `open`, or -1. */
function remarkEnd(line: string, open: number): number {
  let depth = 0;
  for (let at = open; at < line.length; at += 1) {
    const character = line[at];
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (depth === 0) return at + 1;
  }
  return -1;
}

/** The commands of one line; empty ones are left out. */
export function lexLine(line: string): LexedCommand[] {
  const commands: LexedCommand[] = [];
  let command: LexedCommand = { tokens: [], bracket: -1 };
  let inSquare = false;
  let inTuple = false;

  const finish = (): void => {
    if (command.tokens.length > 0 || command.bracket >= 0) commands.push(command);
    command = { tokens: [], bracket: -1 };
    inSquare = false;
    inTuple = false;
  };
  const push = (start: number, end: number): number => {
    command.tokens.push({ text: line.slice(start, end), start, end });
    return end;
  };
  /** Reads from an opening round bracket on; what it opens depends on what stands before it. */
  const openRound = (at: number): number => {
    const { tokens } = command;
    if (!inTuple && tokens[0]?.text === "ctx" && tokens.at(-1)?.text === "=") {
      inTuple = true;
      return push(at, at + 1);
    }
    const vmEnd = tokens.length === 1 && tokens[0]?.text === "w" ? matchEnd(WRITE_VM, line, at) : -1;
    if (vmEnd >= 0) {
      const start = line.slice(at, vmEnd).search(/[dv]/) + at;
      push(start, matchEnd(WORD, line, start));
      return vmEnd;
    }
    const end = remarkEnd(line, at);
    if (end >= 0) return end;
    if (command.bracket < 0) command.bracket = at;
    return line.length;
  };
  const closeRound = (at: number): number => {
    if (inTuple) {
      inTuple = false;
      return push(at, at + 1);
    }
    if (command.bracket < 0) command.bracket = at;
    return at + 1;
  };

  let at = 0;
  while (at < line.length) {
    switch (line[at]) {
      case "#":
        at = line.length;
        break;
      case ";":
        finish();
        at += 1;
        break;
      case "(":
        at = openRound(at);
        break;
      case ")":
        at = closeRound(at);
        break;
      case "[":
      case "]":
        inSquare = line[at] === "[";
        at = push(at, at + 1);
        break;
      case "=":
      case ",":
        at = push(at, at + 1);
        break;
      default: {
        const spaceEnd = matchEnd(SPACE, line, at);
        if (spaceEnd >= 0) at = spaceEnd;
        else if (inSquare && line[at] === "+") at = push(at, at + 1);
        else at = push(at, matchEnd(inSquare ? WORD_IN_SQUARE : WORD, line, at));
      }
    }
  }
  finish();
  return commands;
}
