/** Streams of values: time, errors, subjects, schedulers. */
"use strict";
const rx = require("rxjs");

const log = (name) => ({ next: (v) => console.log(name, v), error: (e) => console.log(name, "error", e.message ?? e), complete: () => console.log(name, "done") });
rx.range(1, 200).pipe(rx.filter((n) => n % 3 === 0), rx.map((n) => n * n), rx.scan((a, b) => a + b, 0), rx.bufferCount(20), rx.map((list) => list.at(-1))).subscribe(log("range"));
rx.of(1, 2, 3).pipe(rx.mergeMap((n) => (n === 2 ? rx.throwError(() => new Error("two")) : rx.of(n, n * 10))), rx.retry(1), rx.catchError((e, again) => rx.of(e.message))).subscribe(log("errors"));
const subject = new rx.BehaviorSubject(0);
rx.combineLatest([subject, subject.pipe(rx.pairwise(), rx.startWith(null))]).pipe(rx.distinctUntilChanged((a, b) => a[0] === b[0])).subscribe(log("subject"));
for (const n of [1, 1, 2]) subject.next(n);
rx.asapScheduler.schedule(() => console.log("asap"));
rx.from((async function* () { yield 1; await null; yield 2; })()).pipe(rx.concatMap(async (n) => n + 0.5), rx.toArray()).subscribe(log("async"));
rx.timer(0, 1).pipe(rx.take(5), rx.switchMap((n) => rx.of(n).pipe(rx.delay(0))), rx.last()).subscribe(log("timer"));
rx.firstValueFrom(rx.EMPTY).catch((e) => console.log(e.name, e instanceof rx.EmptyError));
queueMicrotask(() => console.log("microtask"));
process.nextTick(() => console.log("tick"));
