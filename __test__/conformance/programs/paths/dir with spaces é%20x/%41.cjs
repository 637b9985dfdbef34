exports.where = () => __filename;
exports.stack = () => new Error("here").stack.split("\n").slice(0, 2).join("\n");
