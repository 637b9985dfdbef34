/** An ORM: entities by schema, relations, transactions, over SQLite in WebAssembly. */
"use strict";
require("reflect-metadata");
const { DataSource, EntitySchema, In, MoreThan } = require("typeorm");

const User = new EntitySchema({ name: "User", columns: { id: { type: Number, primary: true, generated: true }, name: { type: String, unique: true } }, relations: { posts: { type: "one-to-many", target: "Post", inverseSide: "user" } } });
const Post = new EntitySchema({ name: "Post", columns: { id: { type: Number, primary: true, generated: true }, title: { type: String }, stars: { type: Number, default: 0 } }, relations: { user: { type: "many-to-one", target: "User", inverseSide: "posts", eager: true } } });
(async () => {
  const source = await new DataSource({ type: "sqljs", entities: [User, Post], synchronize: true, logging: false }).initialize();
  const users = source.getRepository("User");
  const posts = source.getRepository("Post");
  for (let at = 0; at < 10; at++) {
    const user = await users.save({ name: `user ${at}` });
    await posts.save(Array.from({ length: at }, (_, n) => ({ title: `post ${n}`, stars: n, user })));
  }
  console.log(JSON.stringify(await users.find({ where: { id: In([3, 4]) }, relations: { posts: true } })));
  console.log(await posts.countBy({ stars: MoreThan(4) }), JSON.stringify(await posts.findOneBy({ stars: 7 })));
  console.log(await posts.createQueryBuilder("p").leftJoin("p.user", "u").select("u.name", "name").addSelect("sum(p.stars)", "stars").groupBy("u.name").orderBy("2", "DESC").limit(3).getRawMany());
  await source.transaction(async (manager) => {
    await manager.save("User", { name: "kept?" });
    throw new Error("rolled back");
  }).catch((error) => console.log(error.message));
  await users.save({ name: "user 1" }).catch((error) => console.log(error.name, error.message));
  console.log(await users.count());
  await source.destroy();
})();
