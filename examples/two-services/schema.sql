-- The tables of both services, with fifty orders of ten customers.
CREATE TABLE orders (id int PRIMARY KEY, customer text NOT NULL, state text NOT NULL);
CREATE TABLE lines (order_id int NOT NULL, sku text NOT NULL, count int NOT NULL);
CREATE TABLE stock (sku text PRIMARY KEY, on_hand int NOT NULL);
CREATE TABLE reservations (order_id int NOT NULL, sku text NOT NULL, count int NOT NULL);

INSERT INTO orders SELECT id, 'customer-' || id % 10, 'new' FROM generate_series(1, 50) AS id;
INSERT INTO lines
  SELECT id, 'sku-' || (id + line) % 7, line FROM generate_series(1, 50) AS id, generate_series(1, 2) AS line;
INSERT INTO stock SELECT 'sku-' || n, 10 * n FROM generate_series(0, 6) AS n;
