/** A request that a server cannot serve. */
export interface Refusal {
  /** Each bad value, in capitals, and what is wrong with it. */
  readonly values: ReadonlyMap<string, string>;
  readonly detail: string;
}

interface Problem {
  readonly title: string;
  readonly detail?: string;
  readonly errors?: readonly {
    readonly value: string | null;
    readonly allowed: string | readonly string[];
  }[];
}

/** Why a retry makes no sense; null where it does. */
export async function refusalOf(answer: Response): Promise<Refusal | null> {
  const { status, headers } = answer;
  const isProblem = headers.get("content-type") === "application/problem+json";
  if (!isProblem || status < 400 || status >= 500 || status === 429) {
    await answer.body?.cancel();
    return null;
  }
  const { title, detail, errors = [] }: Problem = await answer.json();
  const values = errors.map(({ value, allowed }): [string, string] => {
    const instead = [allowed].flat().join(", ");
    return [`${value}`.toUpperCase(), `${title}: ${value}${instead && ` (allowed: ${instead})`}`];
  });
  return { values: new Map(values), detail: `${title}${detail ? `: ${detail}` : ""}` };
}
