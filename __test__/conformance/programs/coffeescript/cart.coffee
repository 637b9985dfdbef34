class Cart
  @count: 0
  constructor: (@name, @lines = []) -> Cart.count++
  add: (id, cents, {rate = 1, rest...} = {}) ->
    throw new RangeError "no id in #{@name}" unless id
    @lines.push {id, cents: cents * rate, rest...}
    this
  remove: (id) =>
    index = @lines.findIndex (line) -> line.id is id
    switch
      when index < 0 then throw new Error "no #{id}"
      else @lines.splice(index, 1)[0]
  later: (id) ->
    await null
    line = do => (line for line in @lines when line.id is id)[0]
    line ? @remove id
  toString: -> "#{@name}: #{("#{id}=#{cents}" for {id, cents} in @lines).join ', '}"

total = (cart) ->
  sum = 0
  sum += cents for {cents} in cart.lines
  sum ** 2 // 1 %% 7

names = (cart) ->
  yield id for {id} in cart.lines
  return

module.exports = {Cart, total, names}
