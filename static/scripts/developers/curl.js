// A call of a route as a command for curl, from the examples in the description.

/** The command, ready to be pasted into a shell; what is the caller's own stands in capitals. */
export function curl(description, operation) {
  const method = operation.method === "GET" ? "" : `-X ${operation.method} `;
  const words = [`curl ${method}${quoted(location.origin + address(operation))}`];
  words.push(...credentials(description, operation));
  for (const { in: place, name, required, schema, example } of operation.parameters) {
    if (place === "header" && required) words.push(`-H ${quoted(`${name}: ${exampleOf(schema, example) ?? "…"}`)}`);
  }
  const [kind, media] = Object.entries(operation.body?.content ?? {})[0] ?? [];
  if (kind) {
    words.push(`-H ${quoted(`Content-Type: ${kind}`)}`);
    const sample = media.example ?? Object.values(media.examples ?? {})[0]?.value;
    words.push(sample === undefined ? "--data-binary @FILE" : `-d ${quoted(typeof sample === "string" ? sample : JSON.stringify(sample))}`);
  }
  return words.join(" \\\n  ");
}

function address(operation) {
  const path = operation.path.replace(/\{(\w+)\}/g, (whole, name) => {
    const parameter = operation.parameters.find((known) => known.in === "path" && known.name === name);
    return encodeURIComponent(exampleOf(parameter?.schema, parameter?.example) ?? name.toUpperCase());
  });
  const asked = operation.parameters.filter(({ in: place, required }) => place === "query" && required);
  const query = asked.map(({ name, schema, example }) => `${name}=${encodeURIComponent(exampleOf(schema, example) ?? name.toUpperCase())}`);
  return query.length ? `${path}?${query.join("&")}` : path;
}

const exampleOf = (schema, example) => example ?? schema?.example ?? schema?.examples?.[0] ?? schema?.default;

function credentials(description, operation) {
  // A program's own key goes before a person's cookie.
  const schemes = operation.callers.map((caller) => description.scheme(caller)).filter(Boolean);
  const bearer = schemes.find((scheme) => scheme.scheme === "bearer");
  if (bearer) return [`-H ${quoted(`Authorization: Bearer ${bearer["x-placeholder"] ?? "TOKEN"}`)}`];
  const cookie = schemes.find((scheme) => scheme.in === "cookie");
  if (cookie) return [`-b ${quoted(`${cookie.name}=SESSION`)}`];
  return schemes.filter((scheme) => scheme.in === "header").map((scheme) => `-H ${quoted(`${scheme.name}: SIGNATURE`)}`);
}

/** In single quotes, as a shell reads it. */
const quoted = (text) => `'${String(text).replaceAll("'", "'\\''")}'`;
