import { CodeText } from "./CodeText.tsx";

/** One JSON object of the API, key by key. `schema` is its JSON schema. */
export function ApiShape({ name, schema }: { name: string; schema: unknown }) {
  const fields = fieldsOf(schema);
  return (
    <section class="panel mb-4 p-4 sm:p-6" aria-labelledby={`shape-${name}`}>
      <h2 id={`shape-${name}`} class="text-lg font-semibold">{name}</h2>
      <dl class="mt-3 grid gap-x-4 gap-y-0.5 sm:gap-y-2 sm:grid-cols-[10rem_1fr]">
        {fields.map(({ key, text }) => (
          <div key={key} class="contents">
            <dt class="font-mono text-sm">{key}</dt>
            <dd class="mb-2 max-w-prose text-sm sm:mb-0">
              <CodeText text={text} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** The keys of an object's schema, each with its description. */
export function fieldsOf(
  schema: unknown,
): readonly { readonly key: string; readonly text: string }[] {
  return Object.entries(entriesOf(schema, "properties")).map(([key, property]) => {
    const description = record(property).description;
    return {
      key,
      text: [typeText(property), typeof description === "string" ? description : ""].join(" ")
        .trim(),
    };
  });
}

function typeText(property: unknown): string {
  const { type, anyOf, enum: words, items, $ref } = record(property);
  if (Array.isArray(words)) return `${words.join(" or ")}.`;
  if (Array.isArray(anyOf)) return anyOf.map(typeText).map(withoutStop).join(" or ") + ".";
  if (type === "array") return `List of ${withoutStop(typeText(items))}.`;
  if (typeof $ref === "string") return `${$ref.split("/").at(-1)}.`;
  if (Array.isArray(type)) return `${type.join(" or ")}.`;
  return typeof type === "string" ? `${type}.` : "";
}

function withoutStop(text: string): string {
  return text.replace(/\.$/, "");
}

function entriesOf(schema: unknown, name: string): Record<string, unknown> {
  return record(record(schema)[name]);
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
