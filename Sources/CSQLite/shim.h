#ifndef VITALS_SQLITE_SHIM_H
#define VITALS_SQLITE_SHIM_H

#include <sqlite3.h>

/* What Swift cannot import: functions with variable arguments, and the two destructor constants,
   which are casts of integers to function pointers. */

/* SQLite keeps a copy of the text. */
static inline int vitals_bind_text_copied(sqlite3_stmt *statement, int index, const char *text, sqlite3_uint64 count) {
  return sqlite3_bind_text64(statement, index, text, count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/* SQLite keeps a copy of the bytes. */
static inline int vitals_bind_blob_copied(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
  return sqlite3_bind_blob64(statement, index, bytes, count, SQLITE_TRANSIENT);
}

/* The bytes must stay where they are until the parameter is bound anew or cleared. */
static inline int vitals_bind_blob_uncopied(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
  return sqlite3_bind_blob64(statement, index, bytes, count, SQLITE_STATIC);
}

/* For virtual tables and functions; SQLite keeps a copy. */
static inline void vitals_result_text_copied(sqlite3_context *context, const char *text, sqlite3_uint64 count) {
  sqlite3_result_text64(context, text, count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/* For virtual tables and functions; SQLite keeps a copy. */
static inline void vitals_result_blob_copied(sqlite3_context *context, const void *bytes, sqlite3_uint64 count) {
  sqlite3_result_blob64(context, bytes, count, SQLITE_TRANSIENT);
}

/* Sets a flag of the connection; `now` receives what it is afterwards. */
static inline int vitals_set_flag(sqlite3 *connection, int flag, int on, int *now) {
  return sqlite3_db_config(connection, flag, on, now);
}

/* Options of a virtual table that take no argument, such as SQLITE_VTAB_DIRECTONLY. */
static inline int vitals_vtab_option(sqlite3 *connection, int option) {
  return sqlite3_vtab_config(connection, option);
}

#endif
