/* What "heard before?" costs with many open cases: services/triage/heard.h, the prints, their index and the
 * looks.
 *
 *     [TMPDIR=...] bench_prints PRINTS
 *
 * Every print is of a case of its own: a made-up text about a district and kind of the site drawn by chance,
 * one in four with a position. Prints a line of JSON at each power of ten (and at PRINTS): microseconds of
 * processor time to keep a print (its row and that of its case, its keys, runs of the index and their
 * merging), to look for what nobody told (six kinds of keys, rows read and excluded), for the very text of a
 * print that is there, and for one comparison of two texts, as a look may end in two; MiB of the file and of
 * the process. */
#include "services/triage/heard.h"
#include "services/triage/likeness.h"
#include "services/triage/triage.h"
#include "tests/bench/measure.h"
#include "tests/fixture/engine_fixture.h"

#include "proto/intake.pb-c.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { A_TURN = 200, LOOKS = 5000, COMPARISONS = 500, DISTRICTS_MAX = 1024, TEXT_BYTES = 256 };

struct places {
    char codes[DISTRICTS_MAX][AREA_TEXT + 1];
    size_t count;
};

/* Asked of the daemon: what, and from which number on. */
struct errand {
    enum { KEEP, LOOK_STRANGER, LOOK_KNOWN } what;
    uint64_t from, count;
};

static struct places places;
static size_t found; /* copies found by the last errand */

static uint64_t drawn(uint64_t number, unsigned what) {
    uint64_t hash = (number * 8 + what + 1) * UINT64_C(0x9e3779b97f4a7c15);
    hash = (hash ^ hash >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return hash ^ hash >> 29;
}

static void places_read(const struct gazetteer *gazetteer) {
    struct place place;
    for (size_t i = 0; i < gazetteer_count(gazetteer) && places.count < DISTRICTS_MAX; i++) {
        gazetteer_at(gazetteer, i, &place);
        if (place.level == AREA_DISTRICT && area_within(place.code, "35"))
            snprintf(places.codes[places.count++], AREA_TEXT + 1, "%s", place.code);
    }
}

/* One report of that number, always the same. */
struct made {
    char text[TEXT_BYTES];
    uint8_t hash[SEAL_HASH_BYTES];
    struct assessment assessment;
    Sigap__ReportReceived received;
    Sigap__ReportContent content;
};

static void words_make(uint64_t number, char text[TEXT_BYTES]) {
    static const char *const syllables[] = {"ka", "ri", "sun", "to", "ma", "lem", "ba", "gus", "wi", "dar",
        "ne", "pok", "tu", "lis", "ja", "ran"};
    size_t used = (size_t)snprintf(text, TEXT_BYTES, "tetangga saya");
    for (unsigned word = 0; word < 18; word++) {
        uint64_t letters = drawn(number * 32 + word, 7);
        text[used++] = ' ';
        for (unsigned i = 0; i < 3; i++, letters >>= 4)
            used += (size_t)snprintf(text + used, TEXT_BYTES - used, "%s", syllables[letters & 15]);
    }
}

static void made_fill(const struct triage *triage, uint64_t number, struct made *out) {
    const struct site_kinds *kinds = triage->site.kinds;
    uint64_t hash = drawn(number, 0);
    memset(out, 0, sizeof *out);
    words_make(number, out->text);
    for (size_t i = 0; i < sizeof out->hash; i += sizeof hash)
        memcpy(out->hash + i, &hash, sizeof hash);
    out->assessment.kind = kinds->kinds[drawn(number, 1) % kinds->kinds_count].code;
    snprintf(out->assessment.area, sizeof out->assessment.area, "%s",
        places.codes[drawn(number, 2) % places.count]);
    sigap__report_received__init(&out->received);
    sigap__report_content__init(&out->content);
    out->received.content_hash = (ProtobufCBinaryData){sizeof out->hash, out->hash};
    out->content.text = out->text;
    out->content.located = drawn(number, 3) % 4 == 0;
    out->content.latitude = -8.5 + (double)(drawn(number, 4) % 1700) / 1000;
    out->content.longitude = 111 + (double)(drawn(number, 5) % 3500) / 1000;
}

/* The case that the print leads to: open, without its words. */
static void open_bare(struct turn *turn, const struct id *case_id, const struct assessment *assessment) {
    struct statement *insert = triage_use(turn->store, TRIAGE_CASE_INSERT);
    bind_id(insert, case_id);
    bind_id(insert, case_id);
    bind_text(insert, assessment->kind);
    bind_int(insert, PRIORITY_P2);
    bind_text(insert, assessment->area);
    for (unsigned i = 0; i < 3; i++)
        bind_int(insert, 0);
    bind_int(insert, turn->now);
    bind_int(insert, LANE_NORMAL);
    bind_int(insert, 1);
    bind_blob(insert, "", 0);
    bind_blob(insert, "", 0);
    bind_text(insert, "");
    bind_blob(insert, "", 0);
    bind_int(insert, 0);
    statement_run(insert);
}

static enum verdict keep(struct turn *turn, const struct made *made, uint64_t number) {
    struct print print;
    struct id case_id = id_make(turn->now, (const uint8_t[10]){0});
    for (unsigned i = 0; i < sizeof number; i++) /* in the order of time, as ids are */
        case_id.bytes[15 - i] = (uint8_t)(number >> 8 * i);
    heard_print(turn->state, &made->received, &made->content, &print);
    open_bare(turn, &case_id, &made->assessment);
    return heard_keep(turn, &print, &made->assessment, &case_id) ? VERDICT_DONE : VERDICT_RETRY;
}

static enum verdict look(struct turn *turn, const struct made *made) {
    static const struct reading nothing; /* the cases have no words to compare it with */
    struct heard heard;
    ((struct triage *)turn->state)->looks_left.left = 1; /* always with time to look around */
    if (!heard_look(turn, &made->received, &made->content, &nothing, &made->assessment, &heard))
        return VERDICT_RETRY;
    found += heard.how != HEARD_NEVER;
    return VERDICT_DONE;
}

static enum verdict run_errand(struct turn *turn, const struct request *request, struct answer *answer) {
    struct errand errand;
    enum verdict verdict = VERDICT_DONE;
    memcpy(&errand, request->body, sizeof errand);
    for (uint64_t i = 0; i < errand.count && verdict == VERDICT_DONE; i++) {
        struct made made;
        made_fill(turn->state, errand.from + i, &made);
        verdict = errand.what == KEEP ? keep(turn, &made, errand.from + i) : look(turn, &made);
    }
    *answer = (struct answer){.status = 202};
    return verdict;
}

/* us each of them, the making of the report left out. */
static double errand_us(struct fixture *fixture, struct errand errand) {
    const struct triage *triage = fixture_state(fixture);
    double begun = cpu_us(), making;
    for (uint64_t i = 0; i < errand.count; i += A_TURN) {
        struct errand part = {
            errand.what, errand.from + i, errand.count - i < A_TURN ? errand.count - i : A_TURN};
        fixture_request(
            fixture, &(struct fixture_request){"POST", "/", NULL, &part, sizeof part, NULL, {{0}}});
    }
    making = cpu_us();
    for (uint64_t i = 0; i < LOOKS; i++) {
        struct made made;
        made_fill(triage, errand.from + i, &made);
    }
    return (making - begun) / (double)errand.count - (cpu_us() - making) / LOOKS;
}

static double comparison_us(struct fixture *fixture) {
    static const char *const texts[] = {"Tetangga saya Pak Supri di Proppo Pamekasan dipasung sudah lama, "
                                        "kakinya dirantai di belakang rumah, umur 53 "
                                        "tahun, keluarganya takut kalau lepas ngamuk. Mohon dibantu.",
        "di proppo ada laki2 dirantai di belakang rumah, umur 50an kata orang kampung namanya supri, sudah "
        "bertahun tahun"};
    const struct triage *triage = fixture_state(fixture);
    struct told a = {.text = texts[0], .size = strlen(texts[0])},
                b = {.text = texts[1], .size = strlen(texts[1])};
    struct arena *arena = arena_new(2 * ASSESSMENT_ARENA_BYTES);
    struct likeness likeness;
    double begun = cpu_us();
    for (unsigned i = 0; i < COMPARISONS; i++) {
        arena_reset(arena);
        likeness_judge(&triage->site.assessor, triage->site.kinds, arena, &a, &b, &likeness);
    }
    arena_free(&arena);
    return (cpu_us() - begun) / COMPARISONS;
}

static void measure(struct fixture *fixture, uint64_t before, uint64_t goal) {
    double keeping = errand_us(fixture, (struct errand){KEEP, before, goal - before});
    double stranger = errand_us(fixture, (struct errand){LOOK_STRANGER, UINT64_C(1) << 40, LOOKS});
    double known =
        errand_us(fixture, (struct errand){LOOK_KNOWN, goal / 2, LOOKS < goal / 2 ? LOOKS : goal / 2});
    printf("{\"prints\":%" PRIu64
           ",\"keep_us\":%.2f,\"stranger_us\":%.2f,\"known_us\":%.2f,\"comparison_us\":%.1f,"
           "\"file_mib\":%.1f,\"resident_mib\":%.1f}\n",
        goal, keeping, stranger, known, comparison_us(fixture),
        (double)store_file_bytes(fixture_store(fixture)) / 1048576, resident_mib());
    fflush(stdout);
}

int main(int argc, char **argv) {
    const char *const nobody[] = {NULL};
    uint64_t most = argc == 2 ? strtoull(argv[1], NULL, 10) : 0;
    if (most < 10000 || most > 20000000) {
        fputs("usage: bench_prints PRINTS (ten thousand to twenty million)\n", stderr);
        return 2;
    }
    struct daemon daemon = triage_daemon;
    daemon.on_request = run_errand;
    struct fixture *fixture =
        fixture_open(&(struct fixture_options){.daemon = &daemon, .journals = nobody, .on_disk = true});
    places_read(((struct triage *)fixture_state(fixture))->site.gazetteer);
    for (uint64_t goal = 10000, before = 0; before < most; before = goal, goal *= 10)
        measure(fixture, before, goal > most ? most : goal), goal = goal > most ? most : goal;
    fixture_close(&fixture);
    return 0;
}
