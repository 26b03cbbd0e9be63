#include "services/triage/rarity.h"

#include "services/triage/text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEMS_MAX = 1 << 20 }; /* x 16 bytes, at most half full = 32 MiB; 5,000 reports have 6,000 stems */

struct entry {
    uint64_t hash; /* 0: free */
    float rarity, reports;
};
/* A kind of which we know so many reports is known half by them, half by what all reports have. */
#define REPORTS_ENOUGH 30.0f

struct rarity {
    struct entry *entries; /* open addressing */
    size_t slots, count;
    double reports;
};

static struct entry *entry_find(const struct rarity *rarity, uint64_t hash) {
    size_t at = (hash ^ hash >> 32) & (rarity->slots - 1);
    while (rarity->entries[at].hash && rarity->entries[at].hash != hash)
        at = (at + 1) & (rarity->slots - 1);
    return &rarity->entries[at];
}

static bool entries_grow(struct rarity *rarity) {
    struct rarity larger = *rarity;
    larger.slots = rarity->slots ? rarity->slots * 2 : 1 << 13;
    larger.entries = calloc(larger.slots, sizeof *larger.entries);
    if (!larger.entries)
        return false;
    for (size_t i = 0; i < rarity->slots; i++)
        if (rarity->entries[i].hash)
            *entry_find(&larger, rarity->entries[i].hash) = rarity->entries[i];
    free(rarity->entries);
    *rarity = larger;
    return true;
}

/* "name <tab> number": the number; the line is cut at the tab. False when there is none above 0. */
static bool count_read(char *line, double *count) {
    char *tab = strchr(line, '\t'), *end = NULL;
    if (!tab || tab == line)
        return false;
    *tab = 0;
    errno = 0;
    *count = strtod(tab + 1, &end);
    return !errno && end != tab + 1 && *count > 0 && isfinite(*count);
}

static bool stem_take(struct rarity *rarity, char *line, struct error *error) {
    double count;
    if (!count_read(line, &count) || count > rarity->reports)
        return error_set(error, "a word and in how many reports it is were expected");
    if (rarity->count == STEMS_MAX)
        return error_set(error, "more than %d words", STEMS_MAX);
    if ((rarity->count + 1) * 2 > rarity->slots && !entries_grow(rarity))
        return error_set(error, "no memory for the rarity of words");
    struct entry *entry = entry_find(rarity, text_hash(line));
    if (entry->hash)
        return error_set(error, "%s twice", line);
    entry->hash = text_hash(line);
    entry->rarity = (float)(log(rarity->reports / count) / log(rarity->reports));
    entry->reports = (float)count;
    rarity->count++;
    return true;
}

static bool lines_read(struct rarity *rarity, FILE *file, struct error *error) {
    size_t capacity = 0, number = 0;
    char *line = NULL;
    bool good = true;
    while (good && getline(&line, &capacity, file) >= 0) {
        number++;
        if (number == 1)
            good = strcmp(line, "sigap-rarity 1\n") == 0 || error_set(error, "no rarity of words, version 1");
        else if (number == 2)
            good = (count_read(line, &rarity->reports) && strcmp(line, "reports") == 0 &&
                       rarity->reports > 1 && entries_grow(rarity)) ||
                   error_set(error, "the number of reports expected");
        else
            good = stem_take(rarity, line, error);
    }
    free(line);
    if (good && number < 2)
        good = error_set(error, "the file is not complete");
    return good || error_prefix(error, "line %zu", number);
}

struct rarity *rarity_read(FILE *file, struct error *error) {
    struct rarity *rarity = calloc(1, sizeof *rarity);
    if (!rarity)
        error_set(error, "no memory for the rarity of words");
    else if (!lines_read(rarity, file, error))
        rarity_free(&rarity);
    return rarity;
}

struct rarity *rarity_load(const char *path, struct error *error) {
    FILE *file = fopen(path, "re");
    struct rarity *rarity = NULL;
    if (!file)
        error_set(error, "%s", strerror(errno));
    else
        rarity = rarity_read(file, error);
    if (!rarity)
        error_prefix(error, "%s", path);
    if (file)
        fclose(file);
    return rarity;
}

void rarity_free(struct rarity **rarity) {
    if (!*rarity)
        return;
    free((*rarity)->entries);
    free(*rarity);
    *rarity = NULL;
}

float rarity_of(const struct rarity *rarity, const char *stem) {
    const struct entry *entry = rarity ? entry_find(rarity, text_hash(stem)) : NULL;
    return entry && entry->hash ? entry->rarity : 1;
}

static float reports_with(const struct rarity *rarity, const char *kind, const char *detail) {
    uint64_t of_kind = text_hash_step(text_hash(kind), '@');
    const struct entry *entry = entry_find(rarity, text_hash_on(of_kind, detail));
    return entry->hash ? entry->reports : 0;
}

float rarity_within(const struct rarity *rarity, const char *kind, const char *detail) {
    if (!rarity)
        return 1;
    float all = (float)rarity->reports, of_kind = reports_with(rarity, kind, "");
    float share = (reports_with(rarity, "", detail) + 1) / (all + 1);
    share = (reports_with(rarity, kind, detail) + REPORTS_ENOUGH * share) / (of_kind + REPORTS_ENOUGH);
    return fminf(1, -logf(fminf(1, share)) / logf(all));
}
