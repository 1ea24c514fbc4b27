import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A data plane's `/metrics` as Kong's prometheus plugin writes it: counters by labels, histograms whose buckets add up. */
export interface MetricsServer {
  url: string;
  /** Counts one request of a route that took so long. */
  answer: (request: {
    route: string;
    code: number;
    source: "service" | "kong";
    consumer?: string;
    ms?: number;
  }) => void;
  /** The process starts anew: its counters begin at zero. */
  restart: () => void;
  /** Answered instead, once set. */
  failure: { status: number } | null;
  close: () => Promise<void>;
}

const BUCKETS = [25, 50, 80, 100, 250, 400, 700, 1000, 2000, 5000, 10000, 30000, 60000, Number.POSITIVE_INFINITY];

export async function startMetricsServer(): Promise<MetricsServer> {
  const counters = new Map<string, number>();
  const add = (series: string, count: number) => counters.set(series, (counters.get(series) ?? 0) + count);
  const server = createServer((_request, response) => {
    if (state.failure !== null) return response.writeHead(state.failure.status).end("<html>no</html>");
    const lines = [...counters].map(([series, value]) => `${series} ${value}`);
    const text = [
      "# HELP kong_http_requests_total HTTP status codes",
      "# TYPE kong_http_requests_total counter",
      ...lines,
    ];
    return response.writeHead(200, { "content-type": "text/plain; charset=UTF-8" }).end(`${text.join("\n")}\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const state: MetricsServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
    failure: null,
    answer: ({ route, code, source, consumer = "", ms = 20 }) => {
      const labels = `service="shop",route="${route}",code="${code}",source="${source}",workspace="default",consumer="${consumer}"`;
      add(`kong_http_requests_total{${labels}}`, 1);
      add('kong_nginx_requests_total{node_id="n",subsystem="http"}', 1);
      for (const name of ["request", "upstream"]) {
        for (const le of BUCKETS) {
          const series = `kong_${name}_latency_ms_bucket{service="shop",route="${route}",workspace="default",le="${le === Number.POSITIVE_INFINITY ? "+Inf" : le}"}`;
          add(series, ms <= le ? 1 : 0);
        }
      }
    },
    restart: () => counters.clear(),
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return state;
}
