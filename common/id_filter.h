/* Knows of most new ids that no row of a table bears them. Whatever opens something asks first whether it is
 * there already; it nearly never is, and that look in a tree of the store costs as much as writing a row.
 *
 * Ids begin with their time (id.h). Those that are newer than all of the table at the start can only be there
 * if they were written since: each of these has a bit here. When there are too many bits, all are forgotten,
 * and from then on only newer ids are known. So nothing has to be undone with a turn: a bit too many costs a
 * look.
 *
 * Only the time and the bytes 8 to 11 of an id count: rows whose ids differ behind them are one. */
#pragma once

#include "common/id.h"

enum {
    ID_FILTER_BITS = 1 << 20, /* 128 KiB */
    ID_FILTER_IDS =
        ID_FILTER_BITS / 16, /* then all are forgotten: before, every 16th new id has a bit by chance */
};

struct id_filter {
    bool begun;                     /* false, as in zeroed memory: every id may be there */
    int64_t known_after, newest_at; /* epoch ms: ids made later are known; the newest id there is */
    unsigned count;
    uint64_t bits[ID_FILTER_BITS / 64];
};

/* At the start. newest: the last of all that the table has, the null id if it has none. */
void id_filter_begin(struct id_filter *filter, const struct id *newest);
/* A row of this id is written. */
void id_filter_add(struct id_filter *filter, const struct id *id);
/* True: there is none. False: there may be one. */
bool id_filter_excludes(const struct id_filter *filter, const struct id *id);
