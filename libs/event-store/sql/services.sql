-- The database role of each service: the login under which alone it may append, park, register and claim.
-- A service that is not here can only be spoken for by the role that owns the log.
create table agon_log.services (
  service text primary key,
  role    name not null
);
