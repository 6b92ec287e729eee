/** The violation of a story and its reasons, as the mail form has them. */

import type { Story } from "../report/scene.js";
import { failureSentence, propertySentence, ruleSentence, sourceSentence, whySentences } from "../report/sentences.js";
import { requestText } from "../report/words.js";
import { element } from "./dom.js";

export function whyContent({ report }: Story): HTMLElement[] {
  const { failure, why } = report;
  if (failure === null) return [];
  const rows: [string, string][] = [
    ["property", `${failure.property}: ${propertySentence(failure.property)}`],
    ["request", requestText(failure.request)],
    ["expected", failure.expected.text],
    ["actual", failure.actual.text],
    ["severity", failure.severity],
    ...(why?.failed == null
      ? []
      : ([
          ["rule", ruleSentence(why.failed)],
          ["source", sourceSentence(why.failed)],
        ] as [string, string][])),
  ];
  return [
    element("h2", { text: `After step ${failure.step} ${failureSentence(failure)}` }),
    element("dl", {}, ...rows.flatMap(([name, text]) => [element("dt", { text: name }), element("dd", { text })])),
    ...(why === null ? [] : whySentences(why, failure.strategy).map((text) => element("p", { text }))),
  ];
}
