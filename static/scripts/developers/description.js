// An OpenAPI 3.1 description as the page reads it: routes by subject, references resolved, problems by code.

const METHODS = ["get", "post", "put", "patch", "delete"];
const PROBLEM = "application/problem+json";

export class Description {
  #document;
  #operations;

  constructor(document) {
    this.#document = document;
    this.#operations = Object.entries(document.paths).flatMap(([path, item]) =>
      METHODS.filter((method) => item[method]).map((method) => this.#operation(method, path, item[method])));
  }

  #operation(method, path, source) {
    const responses = Object.entries(source.responses).map(([status, response]) => [status, this.resolved(response)]);
    const refusals = responses.map(([, response]) => codesOf(response.content?.[PROBLEM]?.schema)).flat();
    return {
      id: source.operationId,
      place: source["x-place"] ?? 0,
      method: method.toUpperCase(),
      path,
      subject: source.tags?.[0] ?? "",
      summary: source.summary ?? "",
      text: source.description ?? "",
      callers: callersOf(source.security ?? this.#document.security ?? []),
      parameters: (source.parameters ?? []).map((parameter) => this.resolved(parameter)),
      body: source.requestBody ? this.resolved(source.requestBody) : null,
      answers: responses.filter(([, response]) => !response.content?.[PROBLEM]),
      codes: [...new Set(refusals)].sort(),
    };
  }

  /** `[{ subject, operations }]`, in the description's own order. */
  subjects() {
    const order = (this.#document.tags ?? []).map((tag) => tag.name);
    return order.map((subject) => ({ subject, operations: this.#operations.filter((operation) => operation.subject === subject).sort((one, other) => one.place - other.place) }))
      .filter(({ operations }) => operations.length > 0);
  }

  /** The named types, by name: `[name, schema]`. */
  types() {
    return Object.entries(this.#document.components?.schemas ?? {});
  }

  /** Every stable code, in order. */
  codes() {
    return Object.keys(this.#document["x-problems"] ?? {});
  }

  /** A code's status and its texts in three languages. */
  problem(code) {
    return this.#document["x-problems"]?.[code] ?? { status: null };
  }

  scheme(caller) {
    return this.#document.components?.securitySchemes?.[caller];
  }

  /** What a reference points at; anything else as it is. */
  resolved(value) {
    if (typeof value?.$ref !== "string") return value;
    return value.$ref.slice(2).split("/").reduce((at, key) => at?.[key.replace(/~1/g, "/").replace(/~0/g, "~")], this.#document) ?? {};
  }
}

/** The schemes one of which is needed; an empty one among them means anybody. */
function callersOf(security) {
  const named = security.flatMap((choice) => Object.keys(choice));
  return security.length === 0 || security.some((choice) => Object.keys(choice).length === 0) ? ["anybody", ...named] : named;
}

function codesOf(schema) {
  const parts = [schema ?? {}, ...(schema?.allOf ?? [])];
  return parts.flatMap((part) => part.properties?.code?.enum ?? (part.properties?.code?.const ? [part.properties.code.const] : []));
}

/** The last part of a reference, which is the type's name. */
export const referenced = (schema) => (typeof schema?.$ref === "string" ? schema.$ref.split("/").at(-1) : null);
