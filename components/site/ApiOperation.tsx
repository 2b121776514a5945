import type { OperationDescription } from "../../lib/api/openapi.ts";
import { CodeText } from "./CodeText.tsx";

/** One operation of the API: its purpose, its parameters, and a command to try it. */
export function ApiOperation({ path, operation, curl }: {
  path: string;
  operation: OperationDescription;
  curl: string;
}) {
  const { operationId, summary, description = "", responses = {} } = operation;
  const parameters = (operation.parameters ?? []).flatMap((one) => "name" in one ? [one] : []);
  return (
    <section id={operationId} class="panel mb-4 p-4 sm:p-6" aria-labelledby={`${operationId}-name`}>
      <h2 id={`${operationId}-name`} class="text-lg font-semibold">{summary}</h2>
      <p class="mt-1 font-mono text-sm">
        GET <b>{path}</b>
      </p>
      <p class="mt-3 max-w-prose">
        <CodeText text={description} />
      </p>
      {parameters.length > 0 && (
        <dl class="mt-4 grid gap-x-4 gap-y-0.5 sm:gap-y-2 sm:grid-cols-[10rem_1fr]">
          {parameters.map(({ name, required, description = "", schema = {} }) => (
            <div key={name} class="contents">
              <dt class="font-mono text-sm">
                {name}
                {required && <span class="font-sans opacity-70">, required</span>}
              </dt>
              <dd class="mb-2 max-w-prose text-sm sm:mb-0">
                <CodeText text={description} />
                {wordsOf(schema)}
              </dd>
            </div>
          ))}
        </dl>
      )}
      <pre
        class="mt-4 overflow-x-auto rounded bg-base-200 p-3 text-sm"
        tabindex={0}
      >{curl}</pre>
      <p class="mt-3 text-sm opacity-80">Answers {Object.keys(responses).join(", ")}.</p>
    </section>
  );
}

function wordsOf(schema: object | boolean): string {
  const words = typeof schema === "object" && "enum" in schema ? schema.enum : null;
  return Array.isArray(words) ? ` One of: ${words.join(", ")}.` : "";
}
