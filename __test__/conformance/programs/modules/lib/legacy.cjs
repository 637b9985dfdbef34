exports.greet = function (name) { return `hello ${name}, ${typeof require.cache}`; };
exports.answer = 42;
