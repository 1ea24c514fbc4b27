/** The plugin's payload modules on Node. Its source has its own compiler and types: it is loaded, not imported. */
import "./register.ts";

const PAYLOAD = "../../plugin-src/kong/plugins/threat-response/payload";

// biome-ignore lint/suspicious/noExplicitAny: the other compiler's types are not known here
export const loadPayload = (name: string): Promise<any> => import(`${PAYLOAD}/${name}.ts`);
