import { type Check, stoppedBy, unsure } from "../outcome.ts";
import type { PluginInstance } from "../plugins-in-effect.ts";

const UNITS: Readonly<Record<string, number>> = { bytes: 1, kilobytes: 1_024, megabytes: 1_048_576 };

export function requestSizeLimiting({ config }: PluginInstance): Check {
  const unit = UNITS[String(config.size_unit ?? "megabytes")] ?? 1_048_576;
  const most = (typeof config.allowed_payload_size === "number" ? config.allowed_payload_size : 128) * unit;
  const needsLength = config.require_content_length === true;
  return ({ size, header_names }) => {
    if (needsLength && !header_names.includes("content-length") && !header_names.includes("transfer-encoding"))
      return stoppedBy("request-size-limiting", 411);
    if (size === null) return unsure("request-size-limiting", "the size of the body");
    return size > most ? stoppedBy("request-size-limiting", 413) : null;
  };
}
