/* Every word that a list of the reader holds is one that reading leaves so: "ketemu" is read as "bertemu",
 * and a list that waits for "ketemu" waits for ever. The lists stand in the sources, so those are read. */
#include "services/triage/text.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FOLDER SIGAP_SOURCE_DIR "/services/triage"
#define LIST "*const "

enum { SOURCE_MAX = 1 << 20, LISTS_LEAST = 100 };

struct fixture {
    struct arena *arena;
    struct spelling *spelling;
    char *source;
    unsigned lists, dead;
};

static int setup(void **state) {
    static struct fixture fixture;
    fixture.arena = arena_new(4 << 20);
    fixture.spelling = spelling_new();
    fixture.source = calloc(1, SOURCE_MAX);
    *state = &fixture;
    return fixture.arena && fixture.spelling && fixture.source ? 0 : -1;
}

static int teardown(void **state) {
    struct fixture *fixture = *state;
    arena_free(&fixture->arena);
    spelling_free(&fixture->spelling);
    free(fixture->source);
    return 0;
}

static bool source_read(struct fixture *fixture, const char *name) {
    char path[512];
    snprintf(path, sizeof path, FOLDER "/%s", name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t size = fread(fixture->source, 1, SOURCE_MAX, file);
    fclose(file);
    assert_true(size < SOURCE_MAX);
    fixture->source[size] = 0;
    return size > 0;
}

/* Whether words of a message are looked for in the list: "word_is_one_of(word, name)". */
static bool is_asked(const char *source, const char *name) {
    char argument[80];
    snprintf(argument, sizeof argument, ", %s)", name);
    for (const char *at = source; (at = strstr(at, argument)); at++) {
        const char *from = at;
        while (from > source && !strchr(";{}", *from))
            from--;
        const char *call = strstr(from, "_is_one_of(");
        if (call && call < at)
            return true;
    }
    return false;
}

static bool stays(struct fixture *fixture, const char *word) {
    struct text text;
    arena_reset(fixture->arena);
    assert_true(text_read(fixture->arena, fixture->spelling, word, strlen(word), &text));
    return text.count && strcmp(text.words[0].key, word) == 0;
}

static void list_read(struct fixture *fixture, const char *file, const char *name, const char *from) {
    const char *end = strchr(from, '}');
    for (const char *open; (open = strchr(from, '"')) && open < end;) {
        char word[80];
        const char *close = strchr(open + 1, '"');
        snprintf(word, sizeof word, "%.*s", (int)(close - open - 1), open + 1);
        if (!stays(fixture, word)) {
            print_error("%s, %s: \"%s\" is never read\n", file, name, word);
            fixture->dead++;
        }
        from = close + 1;
    }
    fixture->lists++;
}

static void lists_read(struct fixture *fixture, const char *file) {
    for (const char *at = fixture->source; (at = strstr(at, LIST)); at++) {
        char name[64];
        int used = 0;
        if (sscanf(at, LIST "%63[a-z_][] = {%n", name, &used) == 1 && used && is_asked(fixture->source, name))
            list_read(fixture, file, name, at + used);
    }
}

static void test_listed_words_are_read(void **state) {
    struct fixture *fixture = *state;
    DIR *folder = opendir(FOLDER);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        const char *end = strrchr(entry->d_name, '.');
        /* text.c looks at words that it has not mended yet. */
        if (end && strcmp(end, ".c") == 0 && strcmp(entry->d_name, "text.c") != 0 &&
            source_read(fixture, entry->d_name))
            lists_read(fixture, entry->d_name);
    }
    closedir(folder);
    assert_true(fixture->lists > LISTS_LEAST);
    assert_int_equal(fixture->dead, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_listed_words_are_read)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
