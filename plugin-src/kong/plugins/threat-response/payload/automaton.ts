import * as ffi from "ffi";
import { BLANK, CLASSES, classOfByte, OTHER } from "./byte-classes.ts";

/**
 * An Aho-Corasick automaton in one flat table of CLASSES columns: one look-up for each byte, whatever the number of literals. A state is the
 * number of its row, in 16 bits; states that end a literal come last, so that one comparison tells them. Those behind which no literal goes on have no row:
 * who looks further goes on from another state.
 */
export interface Automaton {
  next: ffi.Numbers;
  firstAccepting: number;
  /** How many rows the table has: states from here on have none. */
  rows: number;
  /** By `state - rows` the state to go on from. */
  goesOn: ffi.Numbers;
  owners: Owners;
}

/** Owners (numbers given with the literals) of the literals that end in a state: a table for each state would take more memory than all else. */
export interface Owners {
  /** Where in `list` those of accepting state `firstAccepting + i` begin; at `i + 1` is where they end. */
  from: ffi.Numbers;
  list: ffi.Numbers;
}

const MOST_STATES = 65_536;

interface Node {
  children: Record<number, Node>;
  failure?: Node;
  owners: number[];
  endsBlank: boolean;
  isLeaf: boolean;
  /** Its number. */
  row: number;
}

function createNode(endsBlank: boolean): Node {
  return { children: {}, owners: [], endsBlank, isLeaf: true, row: 0 };
}

function insert(root: Node, literal: string, owner: number): void {
  let node = root;
  for (const i of $range(1, literal.length)) {
    const byteClass = classOfByte(string.byte(literal, i));
    let child = node.children[byteClass];
    if (child === undefined) {
      child = createNode(byteClass === BLANK);
      node.children[byteClass] = child;
      node.isLeaf = false;
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

/** Numbers the states: those that end no literal, those that do, and of these the leaves last. Returns all in this order. */
function numberStates(order: Node[]): Node[] {
  const states: Node[] = [];
  for (const node of order) if (node.owners.length === 0) states.push(node);
  for (const node of order) if (node.owners.length > 0 && !node.isLeaf) states.push(node);
  for (const node of order) if (node.owners.length > 0 && node.isLeaf) states.push(node);
  for (let row = 0; row < states.length; row++) states[row].row = row;
  return states;
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

/** The states of `numberStates` from `first` on. */
function flattenOwners(states: Node[], first: number): Owners {
  let total = 0;
  for (const node of states) total += node.owners.length;
  const from = ffi.new("int32_t[?]", states.length - first + 1);
  const list = ffi.new("uint16_t[?]", total);
  total = 0;
  for (let state = first; state < states.length; state++) {
    from[state - first] = total;
    for (const owner of states[state].owners) {
      list[total] = owner;
      total++;
    }
  }
  from[states.length - first] = total;
  return { from, list };
}

/** What a leaf's row would be is that of the longest end of its text that literals begin with. */
function flattenFailures(states: Node[], rows: number): ffi.Numbers {
  const goesOn = ffi.new("uint16_t[?]", states.length - rows);
  for (let state = rows; state < states.length; state++) {
    let node: Node | undefined = states[state].failure;
    while (node !== undefined && node.row >= rows) node = node.failure;
    goesOn[state - rows] = node === undefined ? 0 : node.row;
  }
  return goesOn;
}

function countRows(states: Node[]): number {
  let rows = states.length;
  while (rows > 1 && states[rows - 1].isLeaf) rows--;
  return rows;
}

/** `literals[i]` are the literals of owner `i`. Cold: once at load. */
export function buildAutomaton(literals: string[][]): Automaton {
  const root = createNode(false);
  for (let owner = 0; owner < literals.length; owner++) {
    for (const literal of literals[owner]) insert(root, literal, owner);
  }
  const states = numberStates(linkFailures(root));
  if (states.length > MOST_STATES) error("too many literals for an automaton");
  const rows = countRows(states);
  let firstAccepting = 0;
  while (firstAccepting < states.length && states[firstAccepting].owners.length === 0) firstAccepting++;
  const next = ffi.new("uint16_t[?]", rows * CLASSES);
  for (let row = 0; row < rows; row++) fillRow(next, root, states[row]);
  const owners = flattenOwners(states, firstAccepting);
  return { next, firstAccepting, rows, goesOn: flattenFailures(states, rows), owners };
}
