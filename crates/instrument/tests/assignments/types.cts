//= x=1 y=2 x=3 (oasany).p=1 x=4 x=5 f=function_f a=1 z=2
function types(o: any) {
  let x: number = 1
  const y = 2 as number
  x = 3 as any as number
  ;(o as any).p = 1 satisfies number;
  x! = 4;
  (x as number)++
  const f = (() => { }) as () => void
  const { a }: { a: number } = { a: 1 }
  let z = 2!
  let w: string
  type T = typeof x; interface I { a: T }
  ;[o.q as any] = [1]
  return [x, y, o, f.name, a, z]
}
console.log(types({}))
