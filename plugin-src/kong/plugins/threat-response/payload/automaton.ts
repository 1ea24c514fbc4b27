import * as ffi from "ffi";
import { BLANK, CLASSES, classOfByte, OTHER } from "./byte-classes.ts";

/**
 * An Aho-Corasick automaton in one flat table of CLASSES columns: one look-up for each byte, whatever the number of literals. A state is the
 * number of its row, in 16 bits; states that end a literal come last, so that one comparison tells them.
 */
export interface Automaton {
  next: ffi.Numbers;
  firstAccepting: number;
  /** How many rows the table has. */
  rows: number;
  owners: Owners;
}

/** Owners (numbers given with the literals) of the literals that end in a state: a table for each state would take more memory than all else. */
export interface Owners {
  /** Where in `list` those of accepting state `firstAccepting + i` begin; at `i + 1` is where they end. */
  from: ffi.Numbers;
  list: ffi.Numbers;
}

const MOST_ROWS = 65_536;

interface Node {
  children: Record<number, Node>;
  failure?: Node;
  owners: number[];
  endsBlank: boolean;
  row: number;
}

function createNode(endsBlank: boolean): Node {
  return { children: {}, owners: [], endsBlank, row: 0 };
}

function insert(root: Node, literal: string, owner: number): void {
  let node = root;
  for (const i of $range(1, literal.length)) {
    const byteClass = classOfByte(string.byte(literal, i));
    let child = node.children[byteClass];
    if (child === undefined) {
      child = createNode(byteClass === BLANK);
      node.children[byteClass] = child;
    }
    node = child;
  }
  node.owners.push(owner);
}

/** Breadth first, so that the failure of a node is linked before the node's own children need it. */
function linkFailures(root: Node): Node[] {
  const order: Node[] = [root];
  for (let i = 0; i < order.length; i++) {
    const node = order[i];
    for (const [byteClass, child] of pairs(node.children)) {
      let failure = node.failure;
      while (failure !== undefined && failure.children[byteClass] === undefined) failure = failure.failure;
      const target = failure === undefined ? root : failure.children[byteClass];
      child.failure = target;
      for (const owner of target.owners) child.owners.push(owner);
      order.push(child);
    }
  }
  return order;
}

/** Numbers the rows; returns the row of the first node that ends a literal. */
function placeRows(order: Node[]): number {
  let row = 0;
  for (const node of order) {
    if (node.owners.length === 0) {
      node.row = row;
      row++;
    }
  }
  const firstAccepting = row;
  for (const node of order) {
    if (node.owners.length > 0) {
      node.row = row;
      row++;
    }
  }
  return firstAccepting;
}

/** White space after white space changes nothing: runs of it count as one. */
function fillRow(next: ffi.Numbers, root: Node, node: Node): void {
  for (const byteClass of $range(OTHER, CLASSES - 1)) {
    let from: Node | undefined = node;
    while (from !== undefined && from.children[byteClass] === undefined) from = from.failure;
    const target = from === undefined ? root : from.children[byteClass];
    next[node.row * CLASSES + byteClass] = byteClass === BLANK && node.endsBlank ? node.row : target.row;
  }
}

/** In the order of the rows. */
function flattenOwners(order: Node[]): Owners {
  let states = 0;
  let total = 0;
  for (const node of order) {
    if (node.owners.length > 0) states++;
    total += node.owners.length;
  }
  const from = ffi.new("int32_t[?]", states + 1);
  const list = ffi.new("uint16_t[?]", total);
  states = 0;
  total = 0;
  for (const node of order) {
    if (node.owners.length > 0) {
      from[states] = total;
      states++;
      for (const owner of node.owners) {
        list[total] = owner;
        total++;
      }
    }
  }
  from[states] = total;
  return { from, list };
}

/** `literals[i]` are the literals of owner `i`. Cold: once at load. */
export function buildAutomaton(literals: string[][]): Automaton {
  const root = createNode(false);
  for (let owner = 0; owner < literals.length; owner++) {
    for (const literal of literals[owner]) insert(root, literal, owner);
  }
  const order = linkFailures(root);
  if (order.length > MOST_ROWS) error("too many literals for an automaton");
  const firstAccepting = placeRows(order);
  const next = ffi.new("uint16_t[?]", order.length * CLASSES);
  for (const node of order) fillRow(next, root, node);
  return { next, firstAccepting, rows: order.length, owners: flattenOwners(order) };
}
