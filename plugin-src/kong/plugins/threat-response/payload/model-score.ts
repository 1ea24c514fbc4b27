import * as ffi from "ffi";
import { FEATURES, first, former, joinGroup, latter, second, single, third } from "./features.ts";
import { TRAINED } from "./model/trained.ts";
import {
  BEGIN,
  END,
  FIRST_WORD,
  forgetWords,
  gaps,
  learnWord,
  starts,
  tokenize,
  tokenizedTo,
  tokens,
} from "./tokens.ts";

/** What training writes (training/write-model.ts). */
export interface TrainedModel {
  /** Known words, those of one group in one text, separated by spaces. */
  words: string[];
  /** One printable byte for each feature. */
  weights: string;
  /** What each token costs. */
  decay: number;
  /** The class of a window: for each class one row of bytes, by token, by pair of tokens and by rule that holds. */
  classes: string[];
  classRows: string[];
  /** What each rule that holds adds to the score of a value (weigh.ts), in the order of rules/index.ts. */
  worth: number[];
  /** The same where the value is a text, and where the rule holds only for the worst place of a text by itself. */
  worthInText: number[];
  worthAlone: number[];
  /** What the length of a value adds, and what its second worst place takes away, in percent of that place's score. */
  medium: number;
  mediumSide: number;
  long: number;
  longSide: number;
  /** Of a text also the worst place of the side that is less bad. */
  longBoth: number;
  /** Sums of all these: below `grey` a value is ordinary, from `certain` on an attack. */
  grey: number;
  certain: number;
}

/** A feature that returns within so many tokens does not count again. */
const SPAN = 64;
/** Zero in the rows of a model, written as bytes from 35 on; a backslash is written as a tilde. */
const ZERO = 80;

/**
 * Of each feature its weight in the lowest eight bits, and in the others when it was last seen: both are asked for together, and each place
 * is one that no cache holds.
 */
const features = ffi.new("int32_t[?]", FEATURES);
const WEIGHT = 255;
const SEEN = 8;
let decay = 0;

export function weightAt(text: string, i: number): number {
  const byte = string.byte(text, i);
  return (byte === 126 ? 92 : byte) - ZERO;
}

/** Numbers known words in their order. */
export function learnWords(groups: string[]): void {
  forgetWords();
  let token = FIRST_WORD;
  let group = FIRST_WORD;
  for (const words of groups) {
    let start = 1;
    while (start <= words.length) {
      const [space] = string.find(words, " ", start, true);
      const end = space ?? words.length + 1;
      learnWord(string.sub(words, start, end - 1), token);
      joinGroup(token, group);
      token++;
      start = end + 1;
    }
    group++;
  }
}

/** Cold: once at load. */
export function loadModel(model: TrainedModel): void {
  learnWords(model.words);
  for (const i of $range(1, FEATURES)) features[i - 1] = weightAt(model.weights, i) & WEIGHT;
  decay = model.decay;
}

loadModel(TRAINED);
// The texts are in arrays now; they would stay for as long as the worker runs.
TRAINED.weights = "";
TRAINED.words = [];

/** Of the text being scored: the sum so far, where its window began, and the best window so far. */
let sum = 0;
let windowFrom = 0;
let windowStart = 0;
let before = BEGIN;
let previous = BEGIN;
let best = 0;
let bestFrom = 0;
let bestTo = 0;
/** Counts tokens over all texts, so that what was seen in a former one is long ago. */
let clock = SPAN;
const CLOCK_END = 8_000_000;

/** The weight in `feature` where it was not seen since `floor`, else 0. */
function freshWeight(feature: number, floor: number): number {
  return ((feature << 24) >> 24) & (((feature >> SEEN) - floor) >> 31);
}

/**
 * The largest sum of a run of tokens. A run that falls to nothing begins anew. There is no condition in the loop, since each would be a way of its own
 * through it, and nothing but whole numbers of 32 bits: `x ^ ((x ^ y) & mask)` is `y` where all bits of the mask are set, and `x` where none is.
 */
function addTokens(count: number): void {
  let [total, from, start, now] = [sum, windowFrom, windowStart, clock];
  let [two, one] = [before, previous];
  let [most, mostFrom, mostTo] = [best, bestFrom, bestTo];
  for (const i of $range(0, count - 1)) {
    const token = tokens[i];
    const alone = single[token * 4 + gaps[i]];
    const pair = former[one] ^ latter[token];
    const three = first[two] ^ second[one] ^ third[token];
    const late = (now - SPAN - start) | 0;
    const floor = (start + (late & ~(late >> 31))) | 0;
    const seenNow = now << SEEN;
    const ofAlone = features[alone];
    features[alone] = seenNow | (ofAlone & WEIGHT);
    const ofPair = features[pair];
    features[pair] = seenNow | (ofPair & WEIGHT);
    const ofThree = features[three];
    features[three] = seenNow | (ofThree & WEIGHT);
    const gain = freshWeight(ofAlone, floor) + freshWeight(ofPair, floor) + freshWeight(ofThree, floor);
    total = (total - decay + gain) | 0;
    now = (now + 1) | 0;
    const next = starts[i + 1];
    const isMost = (most - total) >> 31;
    most = most ^ ((most ^ total) & isMost);
    mostFrom = mostFrom ^ ((mostFrom ^ from) & isMost);
    mostTo = mostTo ^ ((mostTo ^ next) & isMost);
    const isNothing = (total - 1) >> 31;
    total = total & ~isNothing;
    from = from ^ ((from ^ next) & isNothing);
    start = start ^ ((start ^ now) & isNothing);
    two = one;
    one = token;
  }
  [sum, windowFrom, windowStart, clock] = [total, from, start, now];
  [before, previous] = [two, one];
  [best, bestFrom, bestTo] = [most, mostFrom, mostTo];
}

function beginText(from: number): void {
  if (clock > CLOCK_END) {
    for (const i of $range(0, FEATURES - 1)) features[i] = features[i] & WEIGHT;
    clock = 0;
  }
  clock += SPAN + 1;
  sum = 0;
  windowFrom = from;
  windowStart = clock;
  before = BEGIN;
  previous = BEGIN;
  best = 0;
  bestFrom = from;
  bestTo = from;
}

/** How much `decoded[from, to)` looks like an attack at its worst place: 0 and more, to be compared with the model's thresholds. */
export function scoreText(from: number, to: number): number {
  beginText(from);
  let at = from;
  while (at < to) {
    let count = tokenize(at, to);
    at = tokenizedTo();
    if (at >= to) {
      tokens[count] = END;
      starts[count + 1] = to;
      count++;
    }
    addTokens(count);
  }
  return best;
}

/** Where the worst place of the text last scored begins and ends in the buffer. */
export function bestWindow(): LuaMultiReturn<[from: number, to: number]> {
  return $multi(bestFrom, bestTo);
}
