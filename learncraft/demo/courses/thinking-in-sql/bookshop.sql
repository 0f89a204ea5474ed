-- The bookshop of this course. Works in PostgreSQL, SQLite and most other databases.

create table authors (
    author_id integer primary key,
    name text not null,
    country text not null
);

create table books (
    book_id integer primary key,
    title text not null,
    author_id integer references authors (author_id),
    genre text not null,
    price integer not null check (price >= 0),
    published integer not null
);

create table customers (
    customer_id integer primary key,
    name text not null,
    city text not null,
    email text unique
);

create table orders (
    order_id integer primary key,
    customer_id integer not null references customers (customer_id),
    ordered_on date not null
);

create table order_lines (
    order_id integer not null references orders (order_id),
    book_id integer not null references books (book_id),
    quantity integer not null check (quantity > 0),
    unit_price integer not null check (unit_price >= 0),
    primary key (order_id, book_id)
);

insert into authors (author_id, name, country) values
    (1, 'Ines Calder', 'Portugal'),
    (2, 'Tomas Brandt', 'Germany'),
    (3, 'Aiko Mori', 'Japan'),
    (4, 'Ruth Okafor', 'Nigeria'),
    (5, 'Pavel Dvorak', 'Czechia');

insert into books (book_id, title, author_id, genre, price, published) values
    (1, 'The Salt Road', 1, 'novel', 18, 2015),
    (2, 'Night Trains', 2, 'travel', 22, 2019),
    (3, 'Small Engines', 3, 'science', 30, 2021),
    (4, 'The Quiet Harbour', 1, 'novel', 16, 2018),
    (5, 'River Atlas', 4, 'travel', 26, 2020),
    (6, 'Winter Light', 3, 'novel', 20, 2023),
    (7, 'Counting Stars', 4, 'science', 28, 2022),
    (8, 'A Field of Bees', null, 'science', 14, 2017);

insert into customers (customer_id, name, city, email) values
    (1, 'Lena', 'Berlin', 'lena@example.org'),
    (2, 'Omar', 'Cairo', null),
    (3, 'Mei', 'Singapore', 'mei@example.org'),
    (4, 'Jonas', 'Berlin', null),
    (5, 'Sara', 'Madrid', 'sara@example.org'),
    (6, 'Tariq', 'Cairo', 'tariq@example.org');

insert into orders (order_id, customer_id, ordered_on) values
    (101, 1, '2024-01-05'),
    (102, 3, '2024-01-19'),
    (103, 1, '2024-02-02'),
    (104, 2, '2024-02-14'),
    (105, 5, '2024-02-20'),
    (106, 4, '2024-03-03'),
    (107, 1, '2024-03-15'),
    (108, 3, '2024-03-21');

insert into order_lines (order_id, book_id, quantity, unit_price) values
    (101, 1, 2, 18),
    (101, 3, 1, 30),
    (102, 2, 1, 22),
    (103, 4, 1, 16),
    (104, 5, 1, 26),
    (104, 1, 1, 18),
    (105, 6, 3, 20),
    (106, 3, 1, 30),
    (106, 7, 1, 28),
    (107, 2, 1, 22),
    (107, 6, 1, 20),
    (108, 1, 1, 15);
