/** Text whose parts between backticks are code. */
export function CodeText({ text }: { text: string }) {
  return (
    <>
      {text.split("`").map((part, index) =>
        index % 2 === 0
          ? part
          : <code key={index} class="text-[0.9em] whitespace-nowrap">{part}</code>
      )}
    </>
  );
}
