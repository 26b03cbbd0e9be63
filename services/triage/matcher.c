#include "services/triage/matcher.h"

#include "services/triage/pattern.h"
#include "services/triage/sieve.h"

#include <stdlib.h>
#include <string.h>

/* Symbols are what edges carry. Exact words and word beginnings share one numbering. */
enum {
    SYMBOL_NONE = 0,
    SYMBOL_ANY = 1,
    SYMBOL_FIRST = 2,
    SYMBOLS_A_WORD = 12, /* itself, any, and the beginnings that some pattern asks for */
    UNFOLD_ARENA_BYTES = 8 << 20,
    NODE_ROOT = 0,
    PREFIX_LEAST = 2
};

/* A symbol, and where it leads from the root: most words of a message begin no pattern, and are seen to. */
struct symbol {
    uint32_t number;
    uint32_t node; /* NODE_ROOT: nowhere */
};

struct symbol_slot {
    uint64_t hash; /* 0: free. Beginnings are hashed with their own start, so both fit in one table */
    struct symbol symbol;
};

struct edge_slot {
    uint64_t key; /* node << 32 | symbol; 0: free (the root has no edge for SYMBOL_NONE) */
    uint32_t node;
};

struct node {
    uint32_t ending; /* the first that ends here; 0: none */
    bool goes_on;    /* has edges: most nodes are leaves, and then none is looked for */
};

/* What ends at a node: a chain, as several patterns may have the same form. */
struct ending {
    uint32_t tag;
    uint32_t next;      /* index into endings, 0 for none */
    uint32_t not_after; /* 0, or index into guards */
    uint32_t part;      /* 0: a whole pattern; else combination << 3 | its number (from 1) */
};

struct guard {
    uint64_t hashes[4];
    size_t count;
};

struct combination {
    uint32_t tag;
    uint8_t parts;
};

enum { SYMBOL_SIEVE = 1 << 17, EDGE_SIEVE = 1 << 18 /* bits, 16 and 32 KiB */ };

struct matcher {
    const struct spelling *spelling;
    struct arena *scratch; /* for unfolding one pattern; kept, as a site has thousands */
    struct symbol_slot *symbols;
    size_t symbol_slots, symbol_count;
    uint32_t any;          /* where SYMBOL_ANY leads from the root */
    uint64_t prefix_sizes; /* bit n: some pattern has a beginning of n letters */
    struct edge_slot *edges;
    size_t edge_slots, edge_count;
    uint64_t symbol_sieve[SYMBOL_SIEVE / 64], edge_sieve[EDGE_SIEVE / 64];
    struct node *nodes;
    size_t node_count, node_capacity;
    struct ending *endings;
    size_t ending_count, ending_capacity;
    struct guard *guards;
    size_t guard_count;
    struct combination *combinations;
    size_t combination_count;
};

#define PREFIX_MARK 0x9e3779b97f4a7c15u
#define DOUBLED_MARK 0xc2b2ae3d27d4eb4fu

static bool array_reserve(void **array, size_t *capacity, size_t need, size_t element) {
    if (need <= *capacity)
        return true;
    size_t larger = *capacity ? *capacity * 2 : 256;
    while (larger < need)
        larger *= 2;
    void *moved = realloc(*array, larger * element);
    if (!moved)
        return false;
    *array = moved;
    *capacity = larger;
    return true;
}

/* ---- symbols */

/* NULL: no pattern has it. */
static struct symbol *symbol_find(const struct matcher *matcher, uint64_t hash) {
    if (!sieve_holds(matcher->symbol_sieve, SYMBOL_SIEVE, hash))
        return NULL;
    for (size_t at = hash & (matcher->symbol_slots - 1);; at = (at + 1) & (matcher->symbol_slots - 1)) {
        if (!matcher->symbols[at].hash)
            return NULL;
        if (matcher->symbols[at].hash == hash)
            return &matcher->symbols[at].symbol;
    }
}

static bool symbols_grow(struct matcher *matcher) {
    size_t slots = matcher->symbol_slots ? matcher->symbol_slots * 2 : 4096;
    struct symbol_slot *larger = calloc(slots, sizeof *larger);
    if (!larger)
        return false;
    for (size_t i = 0; i < matcher->symbol_slots; i++) {
        if (!matcher->symbols[i].hash)
            continue;
        size_t at = matcher->symbols[i].hash & (slots - 1);
        while (larger[at].hash)
            at = (at + 1) & (slots - 1);
        larger[at] = matcher->symbols[i];
    }
    free(matcher->symbols);
    matcher->symbols = larger;
    matcher->symbol_slots = slots;
    return true;
}

/* The symbol of a word (or beginning), made when new; valid until the next is made. NULL when out of memory.
 * Two words whose 64-bit hashes are the same would share a symbol: with 10,000 words the odds are 1 in 10^11.
 */
static struct symbol *symbol_make(struct matcher *matcher, uint64_t hash) {
    struct symbol *known = symbol_find(matcher, hash);
    if (known)
        return known;
    if ((matcher->symbol_count + 1) * 2 > matcher->symbol_slots && !symbols_grow(matcher))
        return NULL;
    size_t at = hash & (matcher->symbol_slots - 1);
    while (matcher->symbols[at].hash)
        at = (at + 1) & (matcher->symbol_slots - 1);
    sieve_add(matcher->symbol_sieve, SYMBOL_SIEVE, hash);
    matcher->symbols[at].hash = hash;
    matcher->symbols[at].symbol =
        (struct symbol){SYMBOL_FIRST + (uint32_t)matcher->symbol_count++, NODE_ROOT};
    return &matcher->symbols[at].symbol;
}

/* ---- the trie */

static uint64_t edge_mix(uint64_t key) {
    key ^= key >> 31;
    key *= 0x7fb5d329728ea185u;
    return key ^ key >> 27;
}

static bool edge_find(const struct matcher *matcher, uint32_t node, uint32_t symbol, uint32_t *to) {
    uint64_t key = (uint64_t)node << 32 | symbol, mixed = edge_mix(key);
    if (!sieve_holds(matcher->edge_sieve, EDGE_SIEVE, mixed))
        return false;
    for (size_t at = mixed & (matcher->edge_slots - 1);; at = (at + 1) & (matcher->edge_slots - 1)) {
        if (!matcher->edges[at].key)
            return false;
        if (matcher->edges[at].key == key) {
            *to = matcher->edges[at].node;
            return true;
        }
    }
}

static bool edges_grow(struct matcher *matcher) {
    size_t slots = matcher->edge_slots ? matcher->edge_slots * 2 : 8192;
    struct edge_slot *larger = calloc(slots, sizeof *larger);
    if (!larger)
        return false;
    for (size_t i = 0; i < matcher->edge_slots; i++) {
        if (!matcher->edges[i].key)
            continue;
        size_t at = edge_mix(matcher->edges[i].key) & (slots - 1);
        while (larger[at].key)
            at = (at + 1) & (slots - 1);
        larger[at] = matcher->edges[i];
    }
    free(matcher->edges);
    matcher->edges = larger;
    matcher->edge_slots = slots;
    return true;
}

static bool node_make(struct matcher *matcher, uint32_t *node) {
    if (!array_reserve((void **)&matcher->nodes, &matcher->node_capacity, matcher->node_count + 1,
            sizeof *matcher->nodes))
        return false;
    *node = (uint32_t)matcher->node_count;
    matcher->nodes[matcher->node_count++] = (struct node){0, false};
    return true;
}

static bool step_make(struct matcher *matcher, uint32_t *node, uint32_t symbol) {
    uint32_t to;
    if (edge_find(matcher, *node, symbol, &to)) {
        *node = to;
        return true;
    }
    if ((matcher->edge_count + 1) * 2 > matcher->edge_slots && !edges_grow(matcher))
        return false;
    if (!node_make(matcher, &to))
        return false;
    uint64_t key = (uint64_t)*node << 32 | symbol, mixed = edge_mix(key);
    size_t at = mixed & (matcher->edge_slots - 1);
    sieve_add(matcher->edge_sieve, EDGE_SIEVE, mixed);
    while (matcher->edges[at].key)
        at = (at + 1) & (matcher->edge_slots - 1);
    matcher->edges[at] = (struct edge_slot){key, to};
    matcher->edge_count++;
    matcher->nodes[*node].goes_on = true;
    *node = to;
    return true;
}

static bool ending_add(
    struct matcher *matcher, uint32_t node, uint32_t tag, uint32_t not_after, uint32_t part) {
    for (uint32_t at = matcher->nodes[node].ending; at; at = matcher->endings[at].next)
        if (matcher->endings[at].tag == tag && matcher->endings[at].part == part)
            return true; /* two forms of one pattern that fold to the same words */
    if (!array_reserve((void **)&matcher->endings, &matcher->ending_capacity, matcher->ending_count + 1,
            sizeof *matcher->endings))
        return false;
    matcher->endings[matcher->ending_count] =
        (struct ending){tag, matcher->nodes[node].ending, not_after, part};
    matcher->nodes[node].ending = (uint32_t)matcher->ending_count++;
    return true;
}

/* A step of a word, or of a beginning. */
static bool word_step_make(struct matcher *matcher, uint32_t *node, uint64_t hash) {
    struct symbol *symbol = symbol_make(matcher, hash);
    bool first = *node == NODE_ROOT;
    if (!symbol || !step_make(matcher, node, symbol->number))
        return false;
    if (first)
        symbol->node = *node;
    return true;
}

static bool any_step_make(struct matcher *matcher, uint32_t *node) {
    bool first = *node == NODE_ROOT;
    if (!step_make(matcher, node, SYMBOL_ANY))
        return false;
    if (first)
        matcher->any = *node;
    return true;
}

/* ---- adding patterns */

static bool chunk_steps(
    struct matcher *matcher, struct arena *arena, char *chunk, uint32_t *node, size_t *steps) {
    if (chunk[0] == PATTERN_ANY) {
        ++*steps;
        return any_step_make(matcher, node);
    }
    char *begins = strchr(chunk, PATTERN_BEGINS);
    if (begins)
        *begins = 0;
    struct text text;
    if (!text_read(arena, begins ? NULL : matcher->spelling, chunk, strlen(chunk), &text))
        return false;
    for (size_t i = 0; i < text.count; i++) {
        const struct word *word = &text.words[i];
        /* "hati-hati" is a warning, "hati" the heart: a doubled word in a pattern asks for a doubled word. */
        bool doubled = word->flags & WORD_DOUBLED;
        bool open = begins && !doubled && i + 1 == text.count && word->key_size >= PREFIX_LEAST;
        if (open)
            matcher->prefix_sizes |= 1ull << word->key_size;
        uint64_t mark = open ? PREFIX_MARK : doubled ? DOUBLED_MARK : 0;
        ++*steps;
        if (!word_step_make(matcher, node, word->hash ^ mark))
            return false;
    }
    return true;
}

static bool form_add(struct matcher *matcher, struct arena *arena, char *form, uint32_t tag,
    uint32_t not_after, uint32_t part, struct error *error) {
    uint32_t node = NODE_ROOT;
    size_t steps = 0;
    char *rest = NULL;
    for (char *chunk = strtok_r(form, " ", &rest); chunk; chunk = strtok_r(NULL, " ", &rest))
        if (!chunk_steps(matcher, arena, chunk, &node, &steps))
            return error_set(error, "no memory for the patterns");
    if (!steps)
        return error_set(error, "a pattern without a word");
    return ending_add(matcher, node, tag, not_after, part) || error_set(error, "no memory for the patterns");
}

static bool guard_add(
    struct matcher *matcher, struct arena *arena, const struct pattern_forms *forms, uint32_t *out) {
    *out = 0;
    if (!forms->not_after_count)
        return true;
    struct guard *guards = realloc(matcher->guards, (matcher->guard_count + 1) * sizeof *guards);
    if (!guards)
        return false;
    matcher->guards = guards;
    struct guard *guard = &guards[matcher->guard_count++];
    *guard = (struct guard){0};
    for (size_t i = 0; i < forms->not_after_count; i++) {
        struct text text;
        if (!text_read(arena, matcher->spelling, forms->not_after[i], strlen(forms->not_after[i]), &text))
            return false;
        if (text.count)
            guard->hashes[guard->count++] = text.words[text.count - 1].hash;
    }
    *out = (uint32_t)matcher->guard_count; /* from 1 */
    return true;
}

static bool part_add(struct matcher *matcher, struct arena *arena, const char *pattern, uint32_t tag,
    uint32_t part, struct error *error) {
    struct pattern_forms forms;
    uint32_t not_after;
    if (!pattern_unfold(arena, pattern, &forms, error))
        return false;
    if (!guard_add(matcher, arena, &forms, &not_after))
        return error_set(error, "no memory for the patterns");
    for (size_t i = 0; i < forms.count; i++)
        if (!form_add(matcher, arena, forms.forms[i], tag, not_after, part, error))
            return false;
    return true;
}

static bool combination_add(
    struct matcher *matcher, struct arena *arena, char *pattern, uint32_t tag, struct error *error) {
    char *parts[MATCHER_PARTS_MAX];
    uint8_t count = 0;
    char *rest = NULL;
    for (char *part = strtok_r(pattern, "~", &rest); part; part = strtok_r(NULL, "~", &rest)) {
        if (count == MATCHER_PARTS_MAX)
            return error_set(error, "a pattern has more than %d parts", MATCHER_PARTS_MAX);
        parts[count++] = part;
    }
    if (count == 0)
        return error_set(error, "a pattern without a word");
    if (count == 1) /* "daycare~": the other part is anything */
        return part_add(matcher, arena, parts[0], tag, 0, error);
    struct combination *larger =
        realloc(matcher->combinations, (matcher->combination_count + 1) * sizeof *matcher->combinations);
    if (!larger)
        return error_set(error, "no memory for the patterns");
    matcher->combinations = larger;
    uint32_t index = (uint32_t)matcher->combination_count++;
    larger[index] = (struct combination){tag, count};
    for (uint32_t i = 0; i < count; i++)
        if (!part_add(matcher, arena, parts[i], tag, index << 3 | (i + 1), error))
            return false;
    return true;
}

bool matcher_add(struct matcher *matcher, const char *pattern, uint32_t tag, struct error *error) {
    arena_reset(matcher->scratch);
    char *copy = arena_text(matcher->scratch, pattern);
    return copy ? combination_add(matcher, matcher->scratch, copy, tag, error)
                : error_set(error, "no memory for the patterns");
}

struct matcher *matcher_new(const struct spelling *spelling) {
    struct matcher *matcher = calloc(1, sizeof *matcher);
    if (!matcher)
        return NULL;
    matcher->spelling = spelling;
    matcher->scratch = arena_new(UNFOLD_ARENA_BYTES);
    uint32_t root;
    if (!matcher->scratch || !node_make(matcher, &root) ||
        !array_reserve((void **)&matcher->endings, &matcher->ending_capacity, 1, sizeof *matcher->endings))
        matcher_free(&matcher);
    else
        matcher->ending_count = 1; /* 0 means none */
    return matcher;
}

void matcher_free(struct matcher **matcher) {
    if (!*matcher)
        return;
    arena_free(&(*matcher)->scratch);
    free((*matcher)->symbols);
    free((*matcher)->edges);
    free((*matcher)->nodes);
    free((*matcher)->endings);
    free((*matcher)->guards);
    free((*matcher)->combinations);
    free(*matcher);
    *matcher = NULL;
}

/* ---- finding */

struct part_hit {
    uint32_t part;
    uint16_t first, last;
    int16_t negator;
};

struct finder {
    const struct matcher *matcher;
    const struct text *text;
    struct symbol (*symbols)[SYMBOLS_A_WORD]; /* of each word, ends with SYMBOL_NONE */
    struct hit *hits;
    size_t count;
    struct part_hit parts[MATCHER_HITS_MAX];
    size_t part_count;
};

static void word_symbols(
    const struct matcher *matcher, const struct word *word, struct symbol out[SYMBOLS_A_WORD]) {
    const struct symbol *found;
    size_t count = 0;
    uint64_t hash = TEXT_HASH_START;
    for (size_t i = 0; i < word->key_size && count < SYMBOLS_A_WORD - 4; i++) {
        hash = text_hash_step(hash, word->key[i]);
        if (matcher->prefix_sizes >> (i + 1) & 1 && (found = symbol_find(matcher, hash ^ PREFIX_MARK)))
            out[count++] = *found;
    }
    if ((found = symbol_find(matcher, word->hash)))
        out[count++] = *found;
    if (word->flags & WORD_DOUBLED && (found = symbol_find(matcher, word->hash ^ DOUBLED_MARK)))
        out[count++] = *found;
    out[count++] = (struct symbol){SYMBOL_ANY, matcher->any};
    out[count] = (struct symbol){SYMBOL_NONE, NODE_ROOT};
}

/* The word that denies the finding: the nearest negator of its words that is not part of the finding. */
static int16_t hit_negator(const struct text *text, size_t first, size_t last) {
    for (size_t i = first; i <= last; i++) {
        int16_t negator = text->words[i].negator;
        if (negator >= 0 && (size_t)negator < first)
            return negator;
    }
    return -1;
}

static bool guard_holds(const struct finder *finder, uint32_t not_after, size_t first) {
    if (!not_after || !first)
        return true;
    const struct guard *guard = &finder->matcher->guards[not_after - 1];
    for (size_t i = 0; i < guard->count; i++)
        if (guard->hashes[i] == finder->text->words[first - 1].hash)
            return false;
    return true;
}

static void endings_take(struct finder *finder, uint32_t node, size_t first, size_t last) {
    for (uint32_t at = finder->matcher->nodes[node].ending; at; at = finder->matcher->endings[at].next) {
        const struct ending *ending = &finder->matcher->endings[at];
        if (!guard_holds(finder, ending->not_after, first))
            continue;
        int16_t negator = hit_negator(finder->text, first, last);
        if (ending->part && finder->part_count < MATCHER_HITS_MAX)
            finder->parts[finder->part_count++] =
                (struct part_hit){ending->part, (uint16_t)first, (uint16_t)last, negator};
        else if (!ending->part && finder->count < MATCHER_HITS_MAX)
            finder->hits[finder->count++] =
                (struct hit){ending->tag, (uint16_t)first, (uint16_t)last, negator};
    }
}

static void walk(struct finder *finder, uint32_t node, size_t first, size_t at);

static void arrive(struct finder *finder, uint32_t node, size_t first, size_t at) {
    endings_take(finder, node, first, at);
    if (finder->matcher->nodes[node].goes_on)
        walk(finder, node, first, at + 1);
}

static void walk(struct finder *finder, uint32_t node, size_t first, size_t at) {
    if (at >= finder->text->count)
        return;
    for (const struct symbol *symbol = finder->symbols[at]; symbol->number != SYMBOL_NONE; symbol++) {
        uint32_t to;
        if (edge_find(finder->matcher, node, symbol->number, &to))
            arrive(finder, to, first, at);
    }
}

static void walk_from_root(struct finder *finder, size_t first) {
    for (const struct symbol *symbol = finder->symbols[first]; symbol->number != SYMBOL_NONE; symbol++)
        if (symbol->node != NODE_ROOT)
            arrive(finder, symbol->node, first, first);
}

/* Looks for the other parts of a combination near the part that completes it. */
static bool parts_complete(const struct finder *finder, const struct part_hit *one, struct hit *out) {
    const struct combination *combination = &finder->matcher->combinations[one->part >> 3];
    *out = (struct hit){combination->tag, one->first, one->last, one->negator};
    for (uint32_t number = 1; number <= combination->parts; number++) {
        uint32_t wanted = (one->part & ~7u) | number;
        const struct part_hit *found = wanted == one->part ? one : NULL;
        for (size_t i = 0; i < finder->part_count && !found; i++) {
            const struct part_hit *other = &finder->parts[i];
            int apart = other->first > one->first ? other->first - one->first : one->first - other->first;
            if (other->part == wanted && apart <= MATCHER_NEAR_WORDS)
                found = other;
        }
        if (!found)
            return false;
        out->first = found->first < out->first ? found->first : out->first;
        out->last = found->last > out->last ? found->last : out->last;
        if (found->negator >= 0)
            out->negator = found->negator;
    }
    return true;
}

static void combinations_take(struct finder *finder) {
    for (size_t i = 0; i < finder->part_count && finder->count < MATCHER_HITS_MAX; i++)
        if ((finder->parts[i].part & 7) == 1 &&
            parts_complete(finder, &finder->parts[i], &finder->hits[finder->count]))
            finder->count++;
}

struct hit *matcher_find(
    const struct matcher *matcher, struct arena *arena, const struct text *text, size_t *count) {
    struct finder finder;
    finder.matcher = matcher;
    finder.text = text;
    finder.count = finder.part_count = 0;
    *count = 0;
    finder.symbols = arena_take(arena, (text->count + 1) * sizeof *finder.symbols);
    finder.hits = arena_take(arena, (MATCHER_HITS_MAX + 1) * sizeof *finder.hits);
    if (!finder.symbols || !finder.hits)
        return NULL;
    for (size_t i = 0; i < text->count; i++)
        word_symbols(matcher, &text->words[i], finder.symbols[i]);
    for (size_t i = 0; i < text->count; i++)
        walk_from_root(&finder, i);
    combinations_take(&finder);
    arena_shrink(arena, finder.hits, (finder.count + 1) * sizeof *finder.hits);
    *count = finder.count;
    return finder.hits;
}
