-- What each task runs before Django starts (`databases.main.extensions` of the blueprint), to run by hand elsewhere:
--   psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f postgis.sql
CREATE EXTENSION IF NOT EXISTS postgis;
SELECT extname, extversion FROM pg_extension WHERE extname = 'postgis';
