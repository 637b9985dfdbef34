/** Queries are parsed, checked and run, with resolvers of all kinds. */
"use strict";
const { buildSchema, graphql, parse, print, printSchema, validate, visit } = require("graphql");

const schema = buildSchema(`
  interface Node { id: ID! }
  type User implements Node { id: ID!  name: String  friends(first: Int = 2): [User!]!  bad: Int! }
  enum Order { ASC DESC }
  type Query { user(id: ID!): User  users(order: Order = ASC): [User]  node(id: ID!): Node }
  type Mutation { rename(id: ID!, name: String!): User }
`);
const names = new Map(Array.from({ length: 12 }, (_, at) => [String(at), `user ${at}`]));
const user = (id) => names.has(id) && {
  __typename: "User", id,
  name: async () => names.get(id),
  friends: ({ first }) => Array.from({ length: first }, (_, at) => user(String((+id + at + 1) % 12))),
  bad: () => { throw new Error(`bad ${id}`); },
};
const rootValue = {
  user: ({ id }) => user(id),
  node: ({ id }) => user(id),
  users: ({ order }) => [...names.keys()].sort((a, b) => (order === "ASC" ? a - b : b - a)).map(user),
  rename: ({ id, name }) => (names.set(id, name), user(id)),
};
const ask = async (source, variableValues) => console.log(JSON.stringify(await graphql({ schema, source, rootValue, variableValues })));
(async () => {
  await ask("query($id: ID!) { user(id: $id) { ...f friends(first: 3) { ...f friends { name } } } } fragment f on User { id name }", { id: "3" });
  await ask("{ users(order: DESC) { id name bad } }");
  await ask("{ node(id: 1) { __typename ... on User { name } } missing }");
  await ask('mutation { rename(id: 2, name: "new") { name } }');
  await ask("{ user(id: ");
  const document = parse("query Q($a: Int = 1) @skip(if: true) { users { id @include(if: false) name } }");
  let fields = 0;
  visit(document, { Field: { enter: () => void (fields += 1) }, Directive: () => null });
  console.log(fields, print(document), validate(schema, document).map(String), printSchema(schema).length);
})();
