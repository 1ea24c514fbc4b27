/** The shipped policy's shape, with the shortest times and small numbers, so that tests see a whole life of an action. */
export function testPolicy(rails: object = {}): object {
  return {
    version: 1,
    rails: { max_actions_per_hour: 500, max_good_share: 0.1, ...rails },
    rules: [
      {
        name: "stuffing",
        when: { category: "credential_stuffing" },
        plans: [
          { id: "stop_logins", action: "block_source", scope: "login", ttl_s: 10, min_requests: 3, max_sources: 50 },
        ],
      },
      {
        name: "flood of a route",
        when: { category: "api_ddos", subject: ["route", "gateway"] },
        plans: [{ id: "throttle_route", action: "throttle_route", ttl_s: 10, per_second: 5, limit_by: "ip" }],
      },
      {
        name: "flood from few addresses",
        when: { category: "api_ddos", subject: "ip" },
        plans: [{ id: "block_flood", action: "block_source", ttl_s: 10, min_requests: 20, shared: "throttle", rps: 5 }],
      },
      {
        name: "injection campaign",
        when: { category: "payload_injection" },
        plans: [{ id: "block_campaign", action: "block_source", ttl_s: 10, min_requests: 5 }],
      },
    ],
  };
}
