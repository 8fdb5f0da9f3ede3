-- The one service that may append to the streams of a category.
create table agon_log.category_owners (
  category text primary key,
  service  text not null
);
