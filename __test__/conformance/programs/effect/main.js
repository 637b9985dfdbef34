/** Generators as do-notation, fibers with a scheduler of their own, layers, streams, schemas. */
"use strict";
// Hash maps place objects by random numbers: the same ones in each run, for calls to be counted.
let seed = 1;
Math.random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
const { Cause, Chunk, Context, Data, Duration, Effect, Either, Exit, Fiber, HashMap, Layer, Match, Option, Queue, Ref, Schedule, Schema, Stream, TestClock, TestContext, pipe } = require("effect");

class NotFound extends Data.TaggedError("NotFound") {}
class Prices extends Context.Tag("Prices")() {}
const live = Layer.succeed(Prices, { of: (id) => (id > 3 ? Effect.fail(new NotFound({ id })) : Effect.succeed(id * 100)) });
const total = Effect.gen(function* () {
  const prices = yield* Prices;
  const seen = yield* Ref.make(0);
  for (const id of [1, 2, 3]) yield* Ref.update(seen, (n) => n + id);
  const all = yield* Effect.forEach([1, 2, 3], prices.of, { concurrency: 2 });
  return all.reduce((sum, n) => sum + n, 0) + (yield* Ref.get(seen));
});
const failing = Effect.gen(function* () {
  const { of } = yield* Prices;
  yield* Effect.addFinalizer((exit) => Effect.sync(() => console.log("finalizer", exit._tag)));
  return yield* of(9);
}).pipe(Effect.scoped, Effect.catchTag("NotFound", ({ id }) => Effect.succeed(`no ${id}`)));
const Order = Schema.Struct({ id: Schema.NumberFromString, lines: Schema.Array(Schema.Struct({ name: Schema.NonEmptyString, cents: Schema.Int })) });
const kind = Match.type().pipe(Match.when({ a: Match.number }, ({ a }) => `a ${a}`), Match.when(Match.string, (s) => s.length), Match.orElse(() => "else"));

const main = Effect.gen(function* () {
  console.log(yield* total, yield* failing);
  const fiber = yield* Effect.fork(Effect.forever(Effect.yieldNow()).pipe(Effect.onInterrupt(() => Effect.sync(() => console.log("interrupted")))));
  yield* Effect.yieldNow();
  console.log(Exit.isInterrupted(yield* Fiber.interrupt(fiber)));
  const queue = yield* Queue.bounded(2);
  const consumer = yield* Effect.fork(Effect.replicateEffect(Queue.take(queue), 6));
  yield* Queue.offerAll(queue, [1, 2, 3, 4, 5, 6]);
  console.log(Array.from(yield* Fiber.join(consumer)));
  const stream = Stream.range(1, 40).pipe(Stream.filter((n) => n % 3 === 0), Stream.mapEffect((n) => Effect.succeed(n * n), { concurrency: 3 }), Stream.grouped(4));
  console.log((yield* Stream.runCollect(stream)).pipe(Chunk.toReadonlyArray).map((group) => Chunk.toReadonlyArray(group).join()));
  let tries = 0;
  console.log(yield* Effect.suspend(() => (++tries < 4 ? Effect.fail("again") : Effect.succeed(tries))).pipe(Effect.retry(Schedule.recurs(5))));
  console.log(yield* Effect.either(Schema.decodeUnknown(Order)({ id: "7", lines: [{ name: "a", cents: 5 }] })));
  console.log(String(Either.getLeft(yield* Effect.either(Schema.decodeUnknown(Order)({ id: "x", lines: [{ name: "", cents: 0.5 }] }, { errors: "all" }))).pipe(Option.getOrThrow)));
  console.log(kind({ a: 1 }), kind("abc"), kind(null), HashMap.size(HashMap.fromIterable([["a", 1], ["b", 2]])));
});
const clock = Effect.gen(function* () {
  const fiber = yield* Effect.fork(Effect.sleep(Duration.hours(1)).pipe(Effect.as("slept")));
  yield* TestClock.adjust("1 hour");
  return yield* Fiber.join(fiber);
}).pipe(Effect.provide(TestContext.TestContext));
(async () => {
  await Effect.runPromise(main.pipe(Effect.provide(live)));
  console.log(await Effect.runPromise(clock));
  const exit = await Effect.runPromiseExit(Effect.die(new Error("a defect")).pipe(Effect.withSpan("span")));
  console.log(Cause.pretty(exit.cause).replaceAll(__dirname, "").split("\n").slice(0, 2));
  console.log(pipe(Option.some(2), Option.map((n) => n + 1), Option.match({ onNone: () => 0, onSome: (n) => n })));
})();
