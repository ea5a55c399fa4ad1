#ifndef VITALS_ZLIB_SHIM_H
#define VITALS_ZLIB_SHIM_H

#include <zlib.h>

/* What Swift cannot import: functions that are macros. */

/* Begins to inflate gzip alone, with the largest window: 15, and 16 for gzip's header and checksum. */
static inline int vitals_inflate_gzip(z_stream *stream) {
  return inflateInit2(stream, 15 + 16);
}

#endif
