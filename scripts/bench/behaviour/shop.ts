/** What most scenarios are played on: a shop with items that many read, and orders that belong to somebody. */
import type { Random } from "../../../demo/random.ts";

export const item = (random: Random): string => `/shop/items/${random.between(1, 4000)}`;
export const order = (random: Random): string => `/orders/${random.between(1, 90_000)}`;

export const regulars = { rate: 20, clients: 200, first: 81, route: "shop", targets: item };
export const buyers = { ...regulars, rate: 5, route: "orders", targets: order };
export const routes = [{ id: "shop" }, { id: "orders" }];
