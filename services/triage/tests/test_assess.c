/* The judgement as a whole, on the site that ships: clear reports must be judged clearly, unclear ones must
 * reach a person. */
#include "services/triage/assess.h"
#include "services/triage/kept.h"
#include "services/triage/rarity.h"
#include "services/triage/train.h"

#include "common/id.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SITE SIGAP_SOURCE_DIR "/deploy/sites/jatim"

struct fixture {
    struct arena *arena;
    struct vocabulary *vocabulary;
    struct assessor assessor;
};

static int setup(void **state) {
    static struct fixture fixture;
    struct error error = {0};
    fixture.arena = arena_new(ASSESSMENT_ARENA_BYTES);
    fixture.vocabulary = vocabulary_load(SITE, &error);
    if (!fixture.vocabulary)
        fail_msg("%s", error.text);
    fixture.assessor = (struct assessor){.vocabulary = fixture.vocabulary};
    *state = &fixture;
    return 0;
}

static int teardown(void **state) {
    struct fixture *fixture = *state;
    vocabulary_free(&fixture->vocabulary);
    arena_free(&fixture->arena);
    return 0;
}

static struct assessment judge(struct fixture *fixture, const char *text) {
    struct report report = {.text = text, .size = strlen(text), .local_hour = 12};
    struct assessment assessment;
    arena_reset(fixture->arena);
    assert_true(assess(&fixture->assessor, fixture->arena, &report, &assessment));
    return assessment;
}

static void test_clear_reports(void **state) {
    static const struct {
        const char *text, *kind;
        enum priority at_least; /* not less urgent than this */
    } cases[] = {
        {"Tetangga saya dipasung, kaki dirantai di kandang belakang rumah, lukanya bernanah", "pasung",
            PRIORITY_P0},
        {"Suami saya memukuli saya tiap hari, tadi malam saya ditendang sampai berdarah. Saya masih serumah",
            "kdrt", PRIORITY_P0},
        {"Anak umur 7 tahun dipukuli ayah tirinya sampai lebam, sekarang menangis di rumah", "kekerasan_anak",
            PRIORITY_P0},
        {"Aku mau bunuh diri malam ini, sudah tidak kuat", "odgj_krisis", PRIORITY_P0},
        {"Ditemukan bayi di dalam kardus di depan masjid, tali pusar masih ada", "balita_terlantar",
            PRIORITY_P0},
        {"Banjir setinggi dada, nenek terjebak di dalam rumah, tolong perahu sekarang", "bencana_alam",
            PRIORITY_P0},
        {"Anak saya 13 tahun diperkosa pamannya kemarin", "kekerasan_seksual", PRIORITY_P0},
        {"Paspor saya ditahan majikan di Kamboja, disekap dan disetrum, dipaksa jadi scammer", "tppo",
            PRIORITY_P0},
        {"Mau tanya kapan PKH cair, saldo KKS masih kosong", "bansos_info", PRIORITY_P4},
        {"Saya ingin donasi baju layak pakai, bisa dikirim ke mana?", "penawaran_bantuan", PRIORITY_P4},
        {"Laporan saya minggu lalu nomor tiket berapa ya, kok belum ada petugas datang", "tindak_lanjut",
            PRIORITY_P3},
        {"wkwkwk gila keren banget filmnya, endingnya bikin ngakak", "bukan_laporan", PRIORITY_P4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct assessment found = judge(*state, cases[i].text);
        if (strcmp(found.kind, cases[i].kind) != 0 || found.priority > cases[i].at_least)
            fail_msg("%s: %s %s", cases[i].text, found.kind, priority_name(found.priority));
    }
}

/* What may cost a life is never closed by the machine, however much it reads like something else. */
static void test_doubt_reaches_a_person(void **state) {
    static const char *const texts[] = {"wkwk temen gue bilang mau bunuh diri, bercanda kali ya haha",
        "bukan laporan pak cuma cerita, anak tetangga dipukuli tiap malam", "pengen mati aja rasanya"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct assessment found = judge(*state, texts[i]);
        if (!found.opens_case && !found.review)
            fail_msg("closed: %s (%s)", texts[i], found.kind);
        if (found.priority > PRIORITY_P2)
            fail_msg("%s: %s", texts[i], priority_name(found.priority));
    }
}

/* A small chance of danger wakes somebody for an unclear message, and nobody for one that says what it is; an
 * even smaller one is read by a person. */
static void test_quiet(void **state) {
    static const struct {
        const char *text;
        float p0;
        bool alert, read;
    } cases[] = {
        {"orang itu dihajar", 0.25f, true, true},
        {"persebaya dihajar, wasitnya parah", 0.25f, false, true},
        {"persebaya dihajar, wasitnya parah", 0.6f, true, true},
        {"persebaya dihajar, wasitnya parah", 0.04f, false, true},
        {"persebaya dihajar, wasitnya parah", 0.02f, false, false},
        {"kucing dihajar", 0.25f, false, true},
        {"video viral tapi ini beneran, orang itu dihajar", 0.25f, true, true},
        {"filmnya tentang bunuh diri", 0.25f, true, true},
    };
    struct fixture *fixture = *state;
    const struct vocabulary *vocabulary = fixture->assessor.vocabulary;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const float priorities[PRIORITIES] = {cases[i].p0, 0, 0, 0, 1 - cases[i].p0};
        struct urgency_input input = {
            .kind = vocabulary->no_report, .priorities = priorities, .known = true, .local_hour = -1};
        struct urgency_found found;
        struct signs signs;
        struct text text;
        arena_reset(fixture->arena);
        assert_true(
            text_read(fixture->arena, vocabulary->spelling, cases[i].text, strlen(cases[i].text), &text));
        assert_true(signs_read(vocabulary, fixture->arena, &text, &signs));
        urgency_find(vocabulary, &text, &signs, &input, &found);
        if ((found.priority <= PRIORITY_P1) != cases[i].alert)
            fail_msg("%s: %s", cases[i].text, priority_name(found.priority));
        if (found.human != cases[i].read)
            fail_msg("%s: %s", cases[i].text, found.human ? "read" : "closed");
    }
}

/* The same words as a case and as something else. */
static void test_cases_and_their_doubles(void **state) {
    static const struct {
        const char *text;
        bool alert;
    } cases[] = {
        {"Persebaya dihajar tiga gol tanpa balas di stadion", false},
        {"adik saya dihajar bapak tiri sampai hidungnya berdarah", true},
        {"lirik lagunya: biar aku mati di pelukanmu", false},
        {"aku mau mati saja malam ini, obatnya sudah kukumpulkan", true},
        {"jual rantai kandang sapi ukuran 2 meter, bisa COD", false},
        {"kakak saya dirantai di kandang sapi, kakinya luka", true},
        {"simulasi kebakaran di kantor besok jam 9, jangan panik", false},
        {"kebakaran di kampung kami, nenek masih terjebak di dalam", true},
        {"lowongan pengasuh bayi menginap, gaji 2 juta, hubungi wa", false},
        {"nemu bayi di kardus depan toko, masih ada tali pusarnya", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct assessment found = judge(*state, cases[i].text);
        if ((found.priority <= PRIORITY_P1) != cases[i].alert)
            fail_msg("%s: %s %s", cases[i].text, found.kind, priority_name(found.priority));
    }
}

/* What is likely a danger is given to a kind that opens a case. */
static void test_danger_is_a_report(void **state) {
    static const char *const texts[] = {
        "Pembantu rumah tangga disiksa majikan, disetrika punggungnya, dikunci", "orang gila bawa parang",
        "mau bunuh diri malam ini", "ada yang gantung diri"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct assessment found = judge(*state, texts[i]);
        float danger = found.priorities[PRIORITY_P0] + found.priorities[PRIORITY_P1];
        if (danger >= 0.5f && !found.opens_case)
            fail_msg("%s: %s %s", texts[i], found.kind, priority_name(found.priority));
    }
}

/* Who announces the own death is in danger, whatever else it reads like; only laughter, a song, a story or a
 * thing tells otherwise. */
static void test_an_announced_death_rings(void **state) {
    static const struct {
        const char *text;
        bool alert;
    } cases[] = {
        {"Saya mau mati saja, sudah tidak kuat, selamat tinggal semuanya", true},
        {"Saya mau mengakhiri hidup saya", true},
        {"pengen mati aja rasanya", true},
        {"Saya mau mati saja di Krian Sidoarjo", true},
        {"Saya mau bunuh diri", true},
        {"gue pengen mati", true},
        {"mending aku mati aja", true},
        {"aku ga mau hidup lagi", true},
        {"selamat tinggal semua, maafkan aku", true},
        {"skripsi ga kelar2, saya mau mati saja, sudah tidak kuat", true},
        {"aku kepingin mati wae", true},
        {"aku arep bunuh diri", true},
        {"wis ora kuat urip, arep mati ae", true},
        {"ambo nio mati se lah", true},
        {"sengko' terro mate'a", true},
        {"mau mati ketawa", false},
        {"capek banget mau mati rasanya nugas wkwk", false},
        {"saya mau mati saja wkwkwk nugas numpuk", false},
        {"HP saya mau mati, nanti saya kabari", false},
        {"lampu mau mati katanya PLN", false},
        {"lirik lagunya: aku mau mati saja di pelukmu", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct assessment found = judge(*state, cases[i].text);
        bool alert = found.priority == PRIORITY_P0 && found.possible_danger;
        bool crisis = !cases[i].alert || (strcmp(found.kind, "odgj_krisis") == 0 && found.opens_case);
        if (alert != cases[i].alert || !crisis || found.own_death != cases[i].alert)
            fail_msg("%s: %s %s", cases[i].text, found.kind, priority_name(found.priority));
    }
}

/* What a scene turns out to be: the end takes back what was told before it, or tells what was taken for less.
 * Any other end leaves a danger what it is. */
static void test_turns(void **state) {
    static const struct {
        const char *text;
        bool alert, review;
    } cases[] = {
        {"Adik saya minum racun, mulutnya berbusa, ternyata cuma akting", false, true},
        {"Kami kira syuting film, ternyata suaminya beneran bawa golok dan istrinya sudah berdarah", true,
            false},
        {"Saya kira suara sinetron, ternyata istrinya dipukuli suaminya", true, false},
        {"bayi ditemukan di kardus depan masjid, jebule boneka", false, true},
        {"dikira boneka, jebule bayi di kardus depan masjid", true, false},
        {"Bayi ditemukan di kardus depan masjid, ternyata benar", true, false},
        {"Perempuan itu disekap di ruko dan KTP-nya diambil, ternyata viral", true, false},
        {"Perempuan itu disekap di ruko dan KTP-nya diambil, ternyata bukan hoaks", true, false},
        {"Anak itu dipukuli ayahnya sampai berdarah, ternyata tetangga sudah lama tahu", true, false},
        {"Dia dirantai di kandang, kakinya luka, ternyata sudah lima tahun", true, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct assessment found = judge(*state, cases[i].text);
        bool alert = found.priority <= PRIORITY_P1 || found.possible_danger;
        if (alert != cases[i].alert || (cases[i].review && !found.review))
            fail_msg("%s: %s %s", cases[i].text, found.kind, priority_name(found.priority));
    }
}

static void test_nothing_known_is_reviewed(void **state) {
    assert_true(judge(*state, "").review);
    assert_int_equal(judge(*state, "").review_reason, REVIEW_EMPTY);
    assert_true(judge(*state, "zxqv wplk brrt").review);
}

static void test_urgent_flag_raises(void **state) {
    struct fixture *fixture = *state;
    const char *text = "mau tanya syarat alat bantu dengar";
    struct report report = {.text = text, .size = strlen(text), .urgent = true, .local_hour = -1};
    struct assessment found;
    arena_reset(fixture->arena);
    assert_true(assess(&fixture->assessor, fixture->arena, &report, &found));
    assert_true(found.priority <= PRIORITY_P1);
    assert_true(found.possible_danger);
}

static const char *fact(const struct assessment *found, const char *name) {
    for (size_t i = 0; i < found->fact_count; i++)
        if (strcmp(found->facts[i].name, name) == 0)
            return found->facts[i].value;
    return "unknown";
}

static void test_facts(void **state) {
    static const struct {
        const char *text, *name, *value;
    } cases[] = {
        {"anak perempuan umur 13 tahun dipukuli", "age", "13"},
        {"anak perempuan umur 13 tahun dipukuli", "sex", "P"},
        {"L/14 perkara pengeroyokan", "age", "14"},
        {"L/14 perkara pengeroyokan", "sex", "L"},
        {"dirantai sudah 12 tahun", "age", "unknown"},
        {"bayi umur 3 bulan", "age", "unknown"},
        {"bayi umur 3 bulan", "age_band", "0-5"},
        {"bayi umur 8 minggu", "age", "unknown"},
        {"nenek tua sebatang kara", "has_family", "no"},
        {"nenek tua", "has_family", "unknown"},
        {"keluarga setuju dibawa ke rsj", "family_consent", "yes"},
        {"keluarganya menolak", "family_refuses", "yes"},
        {"saya diusir suami", "unsafe_home", "yes"},
        {"saya di Taiwan, majikan jahat", "abroad", "yes"},
        {"ingin rehab narkoba", "voluntary", "yes"},
        {"disuruh ngemis sama bosnya", "exploited", "yes"},
        {"tunanetra butuh tongkat", "disability", "netra"},
        {"tunanetra dan tunarungu", "disability", "unknown"}, /* said both ways */
        {"perantau kehabisan ongkos", "origin", "other_region"},
        {"anaknya putus sekolah", "school_dropout", "yes"},
        {"tanpa identitas", "identity_known", "no"},
        {"penderita kusta kakinya luka bernanah", "reaction_or_wound", "yes"},
        {"suami memukul sampai luka", "reaction_or_wound", "unknown"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct assessment found = judge(*state, cases[i].text);
        if (strcmp(fact(&found, cases[i].name), cases[i].value) != 0)
            fail_msg("%s: %s is %s", cases[i].text, cases[i].name, fact(&found, cases[i].name));
    }
}

/* An elder who is beaten is an adult who is beaten, whoever beats; "mbah" alone is of either sex. */
static void test_who_is_beaten_decides(void **state) {
    static const struct {
        const char *text, *kind, *sex;
    } cases[] = {
        {"Kakek dipukuli anaknya sampai berdarah", "kdrt", "L"},
        {"Kakek Slamet dipukuli anaknya sampai lebam di Taman Sidoarjo", "kdrt", "L"},
        {"Petugas panti memukul kakek penghuni", "kdrt", "L"},
        {"Mbah Slamet dipukuli anaknya sampai lebam di Taman Sidoarjo", "kdrt", "unknown"},
        {"Mbah putri diantemi anake", "kdrt", "P"},
        {"Cucu saya dipukul bapaknya, saya neneknya di Krian", "kekerasan_anak", "P"},
        {"Kakek memukuli cucunya umur 7 tahun", "kekerasan_anak", "L"},
        {"Anak 9 tahun dipukul ayahnya, kakeknya juga dipukul", "kekerasan_anak", "L"},
        {"Anak saya dipukul kakeknya", "kekerasan_anak", "L"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct assessment found = judge(*state, cases[i].text);
        if (strcmp(found.kind, cases[i].kind) != 0 || strcmp(fact(&found, "sex"), cases[i].sex) != 0)
            fail_msg("%s: %s, sex %s", cases[i].text, found.kind, fact(&found, "sex"));
    }
}

static void test_confidentiality_is_the_strictest(void **state) {
    assert_int_equal(judge(*state, "Anak saya 13 tahun diperkosa pamannya kemarin").confidentiality, 3);
}

/* What the earlier report was of, where a follow-up says so: whoever looks for it needs to know. It adds no
 * victim, and keeps the secrecy of that report. */
static void test_follow_ups_tell_what_they_follow(void **state) {
    static const struct {
        const char *text, *parent;
        int confidentiality;
    } cases[] = {
        {"Min, laporan saya hari Senin soal orang dipasung di belakang rumah kok belum ada yang datang",
            "pasung", 2},
        {"Mau tanya perkembangan laporan saya tentang anak yang dicabuli tetangganya itu",
            "kekerasan_seksual", 3},
        {"Laporan saya tiga hari lalu kok belum ada kabar, tiketnya hilang", "", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct assessment found = judge(*state, cases[i].text);
        assert_string_equal(found.kind, "tindak_lanjut");
        assert_string_equal(found.parent_kind, cases[i].parent);
        assert_int_equal(found.also_count, 0);
        assert_int_equal(found.confidentiality, cases[i].confidentiality);
        assert_string_equal(fact(&found, SITE_FACT_ALSO_KINDS), "unknown");
    }
    assert_string_equal(judge(*state, "Tetangga saya dipasung, kaki dirantai di kandang").parent_kind, "");
}

/* Each victim's kind, with the words that tell it; whoever is only mentioned has none. */
static void test_several_victims(void **state) {
    static const struct {
        const char *text, *first, *further; /* first: any order with the further ones */
    } cases[] = {
        {"Suami memukuli istrinya sampai pingsan, anaknya 6 tahun juga dicambuk pakai sabuk. Turen Malang",
            "kdrt", "kekerasan_anak"},
        {"Kakaknya dirantai di kandang sudah 3 tahun. Di rumah yang sama neneknya 80 tahun terbaring, dua "
         "hari "
         "tidak diberi makan, tidak ada yang merawat",
            "pasung", "lansia_terlantar"},
        {"Ibu muda kehabisan ongkos pulang di terminal, tas dicopet. Bayinya umur 5 bulan panas tinggi, "
         "lemas, "
         "tidak mau menyusu",
            "orang_terlantar", "balita_terlantar"},
    };
    static const char *const singles[] = {"Tetangga saya dipasung, kaki dirantai di kandang belakang rumah",
        "Suami saya memukuli saya tiap hari. Anak-anak aman di rumah neneknya, mereka sehat",
        "Saya guru SD, ibu saya sudah tua. Murid saya dipukuli ayahnya sampai lebam",
        "Banjir setinggi dada di desa kami, perahu belum datang",
        "wkwk filmnya sedih, anaknya dipukul terus ibunya dirantai"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct assessment found = judge(*state, cases[i].text);
        bool told =
            found.also_count == 1 &&
            ((strcmp(found.kind, cases[i].first) == 0 && strcmp(found.also[0], cases[i].further) == 0) ||
                (strcmp(found.kind, cases[i].further) == 0 && strcmp(found.also[0], cases[i].first) == 0));
        if (!told)
            fail_msg("%s: %s and %zu further: %s", cases[i].text, found.kind, found.also_count,
                found.also_count ? found.also[0] : "");
        const struct fact *fact = &found.facts[found.fact_count - 1];
        assert_string_equal(fact->name, SITE_FACT_ALSO_KINDS);
        assert_string_equal(fact->value, found.also[0]);
        bool quoted = false;
        for (size_t k = 0; k < found.evidence_count; k++)
            quoted |= strcmp(found.evidence[k].what, "also") == 0 && found.evidence[k].words[0];
        assert_true(quoted);
    }
    for (size_t i = 0; i < sizeof singles / sizeof singles[0]; i++) {
        struct assessment found = judge(*state, singles[i]);
        if (found.also_count)
            fail_msg("%s: %s, also %s", singles[i], found.kind, found.also[0]);
    }
    /* The child's age is the child's, and not the mother's; which of the two is the first is no matter. */
    struct assessment child = judge(*state, cases[0].text);
    bool first = strcmp(child.kind, "kekerasan_anak") == 0;
    assert_int_equal(
        strcmp(child.facts[0].name, "age") == 0 && strcmp(child.facts[0].value, "6") == 0, first);
    struct assessment mother =
        judge(*state, "Suami memukuli istrinya sampai pingsan. Anaknya 6 tahun juga dicambuk "
                      "pakai sabuk, neneknya yang lumpuh tidak diberi makan");
    assert_string_equal(mother.kind, "kdrt");
    for (size_t i = 0; i < mother.fact_count; i++)
        assert_string_not_equal(mother.facts[i].name, "age");
    /* The strictest of all kinds decides who may see it. */
    assert_int_equal(judge(*state, cases[1].text).confidentiality, 2);
    assert_int_equal(judge(*state, cases[0].text).confidentiality, 3);
}

/* A site may know more facts than are kept of a report: the further victim is told all the same. */
static void test_no_fact_displaces_a_victim(void **state) {
    enum { MORE = 40 };
    struct fixture *fixture = *state;
    char folder[] = "/tmp/triage-facts-XXXXXX", path[64], command[512], text[1024] = "";
    struct error error = {0};
    assert_non_null(mkdtemp(folder));
    snprintf(command, sizeof command, "cp -r %s/. %s/jatim && chmod -R u+w %s", SITE, folder, folder);
    assert_int_equal(system(command), 0);
    snprintf(path, sizeof path, "%s/jatim/vocabulary/signals.yaml", folder);
    FILE *file = fopen(path, "ae");
    assert_non_null(file);
    for (int i = 0; i < MORE; i++)
        fprintf(file, "  - code: F_more%d.yes\n    terms:\n      id: [\"kataxq%c%c\"]\n", i, 'a' + i / 26,
            'a' + i % 26);
    assert_int_equal(fclose(file), 0);
    snprintf(path, sizeof path, "%s/jatim", folder);
    struct vocabulary *vocabulary = vocabulary_load(path, &error);
    if (!vocabulary)
        fail_msg("%s", error.text);
    snprintf(text, sizeof text, "Orang ini dirantai di kandang. Rumah sebelah kebanjiran setinggi dada.");
    for (int i = 0; i < MORE; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), " kataxq%c%c", 'a' + i / 26, 'a' + i % 26);
    struct assessor assessor = {.vocabulary = vocabulary};
    struct report report = {.text = text, .size = strlen(text), .local_hour = 12};
    struct assessment found;
    arena_reset(fixture->arena);
    assert_true(assess(&assessor, fixture->arena, &report, &found));
    assert_int_equal(found.also_count, 1);
    assert_int_equal(found.fact_count, FACTS_FOUND_MAX + 1);
    assert_string_equal(found.facts[found.fact_count - 1].name, SITE_FACT_ALSO_KINDS);
    vocabulary_free(&vocabulary);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    assert_int_equal(system(command), 0);
}

static void test_evidence_quotes_the_report(void **state) {
    const char *text = "Tetangga DIPASUNG di kandang";
    struct assessment found = judge(*state, text);
    bool quoted = false;
    assert_true(found.evidence_count > 0);
    for (size_t i = 0; i < found.evidence_count; i++) {
        assert_true(found.evidence[i].end <= strlen(text));
        quoted = quoted || strcmp(found.evidence[i].words, "DIPASUNG") == 0;
    }
    assert_true(quoted);
}

static void test_json(void **state) {
    struct assessment found = judge(*state, "Suami \"A\" memukuli saya \xff\n, di Malang");
    char *line = assess_to_json(&found);
    assert_non_null(line);
    assert_null(strchr(line, '\n'));
    json_t *object = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(object);
    static const char *const members[] = {
        "kind", "kinds", "priority", "confidence", "review", "area", "area_candidates", "evidence"};
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        assert_non_null(json_object_get(object, members[i]));
    json_decref(object);
    free(line);
}

/* What is kept with a case is told as it was told at once, but for all evidence behind the eight heaviest. */
static void test_what_is_kept_tells_the_same(void **state) {
    static const char *const texts[] = {"Tetangga saya dipasung di kandang belakang rumah Kepanjen Malang "
                                        "sudah 3 tahun, anaknya umur 8 tahun "
                                        "dipukuli pamannya sampai lebam",
        "Laporan saya soal pasung minggu lalu belum ada petugas datang", "odgj ngamuk bawa parang di pasar",
        "x", "Suami \"A\" memukuli saya \xff\n, di Sukorejo"};
    struct fixture *fixture = *state;
    struct id id = id_make(7, (const uint8_t[10]){1, 2, 3});
    Sigap__Alike like = SIGAP__ALIKE__INIT, *alike[] = {&like, &like};
    like.case_id = (ProtobufCBinaryData){ID_BYTES, id.bytes};
    like.permille = 1000;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct assessment found = judge(fixture, texts[i]);
        ProtobufCBinaryData kept = assessment_pack(fixture->arena, &found, alike, i == 0 ? 2 : 0);
        assert_non_null(kept.data);
        char *told = assess_to_json(&found), *again = assessment_to_json(fixture->arena, &kept);
        json_t *once = json_loads(told, 0, NULL), *twice = json_loads(again, 0, NULL);
        assert_non_null(twice);
        assert_true(kept.len * 2 < strlen(again));
        size_t evidence = json_array_size(json_object_get(once, "evidence"));
        assert_int_equal(json_array_size(json_object_get(twice, "evidence")), evidence < 8 ? evidence : 8);
        assert_int_equal(json_array_size(json_object_get(twice, "alike")), i == 0 ? 2 : 0);
        json_object_del(twice, "alike");
        json_object_del(once, "evidence");
        json_object_del(twice, "evidence");
        assert_true(json_equal(once, twice));
        json_decref(once);
        json_decref(twice);
        free(told);
        free(again);
    }
}

static void test_what_was_kept_as_json_is_told_as_it_is(void **state) {
    struct fixture *fixture = *state;
    ProtobufCBinaryData old = {10, (uint8_t *)"{\"kind\":1}x"}, broken = {3, (uint8_t *)"\xff\xff\xff"};
    char *told = assessment_to_json(fixture->arena, &old);
    assert_string_equal(told, "{\"kind\":1}");
    assert_null(assessment_to_json(fixture->arena, &broken));
    free(told);
}

static void test_the_heaviest_evidence_is_kept(void **state) {
    struct fixture *fixture = *state;
    struct assessment found = judge(fixture, "x");
    found.evidence_count = 12;
    for (size_t i = 0; i < 12; i++)
        found.evidence[i] =
            (struct evidence){.what = "keyword", .rule = "r", .words = "w", .weight = (float)(i % 4)};
    ProtobufCBinaryData kept = assessment_pack(fixture->arena, &found, NULL, 0);
    char *told = assessment_to_json(fixture->arena, &kept);
    json_t *object = json_loads(told, 0, NULL), *list = json_object_get(object, "evidence");
    assert_int_equal(json_array_size(list), 8);
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(
            (int)json_number_value(json_object_get(json_array_get(list, i), "weight")), 3 - (int)i / 3);
    json_decref(object);
    free(told);
}

/* Quotes as long as this do not keep a case from being opened. */
static void test_the_longest_evidence_is_left_out(void **state) {
    struct fixture *fixture = *state;
    struct assessment found = judge(fixture, "x");
    char *words = arena_take(fixture->arena, 40000);
    memset(words, 'a', 39999);
    found.evidence_count = 1;
    found.evidence[0] = (struct evidence){.what = "keyword", .rule = "r", .words = words, .weight = 1};
    ProtobufCBinaryData kept = assessment_pack(fixture->arena, &found, NULL, 0);
    char *told = assessment_to_json(fixture->arena, &kept);
    assert_non_null(told);
    assert_null(strstr(told, "aaa"));
    free(told);
}

static void test_same_report_same_judgement(void **state) {
    const char *text = "odgj ngamuk bawa parang di pasar, tolong";
    struct assessment one = judge(*state, text);
    char *first = assess_to_json(&one);
    struct assessment two = judge(*state, text);
    char *second = assess_to_json(&two);
    assert_string_equal(first, second);
    free(first);
    free(second);
}

static void test_any_bytes(void **state) {
    struct fixture *fixture = *state;
    static const char *const pieces[] = {"anak ", "dipukul ", "tidak ", "12 ", "tahun ", "\xff", "\xe2\x80",
        "\n", "? ", "di ", "pasung~", "wkwk ", "\"", "umur ", "belum makan ", "2 hari ", "L/",
        "\xf0\x9f\x98\x82"};
    uint64_t seed = 11;
    for (int round = 0; round < 300; round++) {
        char text[2000] = "";
        size_t size = 0;
        for (int i = 0; i < 120; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            const char *piece = pieces[(seed >> 40) % (sizeof pieces / sizeof pieces[0])];
            memcpy(text + size, piece, strlen(piece));
            size += strlen(piece);
        }
        struct report report = {.text = text, .size = size, .local_hour = round % 25 - 1};
        struct assessment found;
        arena_reset(fixture->arena);
        assert_true(assess(&fixture->assessor, fixture->arena, &report, &found));
        assert_true(found.confidence >= 0 && found.confidence <= 1);
        assert_non_null(found.kind);
        char *line = assess_to_json(&found);
        assert_non_null(line);
        free(line);
    }
}

/* The largest message fits the arena that the header promises. */
static void test_largest_message_fits(void **state) {
    struct fixture *fixture = *state;
    char *text = test_malloc(TEXT_BYTES_MAX);
    for (size_t i = 0; i < TEXT_BYTES_MAX; i++)
        text[i] = "anak dipukul suami parang "[i % 26];
    struct report report = {.text = text, .size = TEXT_BYTES_MAX, .local_hour = -1};
    struct assessment found;
    arena_reset(fixture->arena);
    assert_true(assess(&fixture->assessor, fixture->arena, &report, &found));
    test_free(text);
}

static void test_explain_answers_line_by_line(void **state) {
    (void)state;
    char input[] = "{\"text\":\"tetangga dipasung di kec dampit kab malang\"}\nno json\n{\"lat\":1}\n"
                   "{\"text\":\"banjir\",\"lat\":-7.27,\"lon\":112.74}\n";
    char *output = NULL;
    size_t size = 0;
    FILE *in = fmemopen(input, strlen(input), "r"), *out = open_memstream(&output, &size);
    assert_int_equal(triage_explain_main(SITE, true, in, out), 0);
    fclose(in);
    fclose(out);
    static const struct {
        const char *member, *value;
    } lines[] = {{"area", "35.07.05"}, {"error", NULL}, {"error", NULL}, {"area", "35.78"}};
    char *rest = NULL, *line = strtok_r(output, "\n", &rest);
    for (size_t i = 0; i < 4; i++, line = strtok_r(NULL, "\n", &rest)) {
        assert_non_null(line);
        json_t *object = json_loads(line, 0, NULL);
        const char *value = json_string_value(json_object_get(object, lines[i].member));
        assert_non_null(value);
        if (lines[i].value)
            assert_string_equal(value, lines[i].value);
        json_decref(object);
    }
    assert_null(line);
    free(output);
}

static void test_explain_for_people(void **state) {
    (void)state;
    char input[] = "tetangga dipasung di kec dampit kab malang\n";
    char *output = NULL;
    size_t size = 0;
    FILE *in = fmemopen(input, strlen(input), "r"), *out = open_memstream(&output, &size);
    assert_int_equal(triage_explain_main(SITE, false, in, out), 0);
    fclose(in);
    fclose(out);
    static const char *const told[] = {"tetanga dipasung", "pasung 0.", "Kec. Dampit, Kab. Malang",
        "because: learnt", "\"dipasung\"", "w:pasung", "ciri / features P"};
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        if (!strstr(output, told[i]))
            fail_msg("%s is not in: %s", told[i], output);
    free(output);
}

/* ---- training */

static char *file_read(const char *path, size_t *size) {
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    char *bytes = calloc(1, 1 << 20);
    assert_non_null(bytes);
    *size = fread(bytes, 1, (1 << 20) - 1, file);
    fclose(file);
    return bytes;
}

static void reports_write(const char *path) {
    static const char *const lines[] = {
        "{\"text\":\"kaki adik dirantai di dapur, kurus sekali\",\"kind\":\"pasung\",\"urgency\":\"P1\"}",
        "{\"text\":\"tetangga dirantai di kandang, tolong\",\"kind\":\"pasung\",\"urgency\":\"P1\"}",
        "{\"text\":\"jual obat murah, diskon\",\"kind\":\"bukan_laporan\",\"urgency\":\"P4\"}",
        "{\"text\":\"diskon besar jual baju\",\"kind\":\"bukan_laporan\",\"urgency\":\"P4\"}",
        "{\"text\":\"pkh?\",\"kind\":\"bansos_info\",\"urgency\":\"P4\",\"kinds_also\":[\"kat\"]}",
        "{\"text\":\"pkh saya belum cair\",\"kind\":\"bansos_info\",\"urgency\":\"P3\",\"split\":\"train\"}",
        "{\"text\":\"not of this half\",\"kind\":\"pasung\",\"urgency\":\"P0\",\"split\":\"valid\"}"};
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    for (int copy = 0; copy < 4; copy++)
        for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
            fprintf(file, "%s\n", lines[i]);
    assert_int_equal(fclose(file), 0);
}

/* What both files hold; the caller frees it. */
static char *same_read(const char *first, const char *second) {
    size_t size, size_again;
    char *bytes = file_read(first, &size), *bytes_again = file_read(second, &size_again);
    assert_int_equal(size, size_again);
    assert_memory_equal(bytes, bytes_again, size);
    free(bytes_again);
    return bytes;
}

static void test_training_is_reproducible(void **state) {
    struct fixture *fixture = *state;
    char folder[] = "/tmp/triage-train-XXXXXX", reports[64], first[64], second[64];
    assert_non_null(mkdtemp(folder));
    snprintf(reports, sizeof reports, "%s/reports.jsonl", folder);
    snprintf(first, sizeof first, "%s/first.tsv", folder);
    snprintf(second, sizeof second, "%s/second.tsv", folder);
    reports_write(reports);
    char *once[] = {"train", reports, "--split", "train", "--set", "rounds=4", "--out", first};
    char *again[] = {"train", reports, "--split", "train", "--set", "rounds=4", "--out", second};
    assert_int_equal(triage_train_main(8, once, SITE), 0);
    assert_int_equal(triage_train_main(8, again, SITE), 0);
    free(same_read(first, second));
    struct error error = {0};
    struct model *model = model_load(first, fixture->vocabulary, &error);
    assert_non_null(model);
    model_free(&model);
    char *wrong[] = {"train", reports, "--set", "unheard=1"};
    assert_int_equal(triage_train_main(4, wrong, SITE), 2);
    unlink(reports);
    unlink(first);
    unlink(second);
    rmdir(folder);
}

/* Where things happened, likewise: what is learnt of a mother's town is what was said of it. */
static void test_training_of_places_is_reproducible(void **state) {
    char folder[] = "/tmp/triage-places-XXXXXX", reports[64], first[64], second[64];
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(reports, sizeof reports, "%s/reports.jsonl", folder);
    snprintf(first, sizeof first, "%s/first.tsv", folder);
    snprintf(second, sizeof second, "%s/second.tsv", folder);
    FILE *file = fopen(reports, "we");
    assert_non_null(file);
    for (int i = 0; i < 3; i++)
        fputs("{\"text\":\"nenek dipasung di Dampit, anaknya merantau di "
              "Batam\",\"kab\":\"35.07\",\"kec\":\"35.07.05\"}\n"
              "{\"text\":\"saya merantau di Batam, adik saya hilang\",\"kab\":null,\"kec\":null}\n",
            file);
    assert_int_equal(fclose(file), 0);
    char *once[] = {"train-places", reports, "--out", first},
         *again[] = {"train-places", reports, "--out", second};
    assert_int_equal(triage_train_places_main(4, once, SITE), 0);
    assert_int_equal(triage_train_places_main(4, again, SITE), 0);
    char *bytes = same_read(first, second);
    const char *away = strstr(bytes, "\np2:merantau\t-"), *there = strstr(bytes, "\np2:dipasung\t");
    assert_non_null(away);
    assert_true(there && there[14] != '-');
    free(bytes);
    char *wrong[] = {"train-places", reports, "--set", "unheard=1"}, *nowhere[] = {"train-places", reports};
    assert_int_equal(triage_train_places_main(4, wrong, SITE), 2);
    assert_int_equal(triage_train_places_main(2, nowhere, SITE), 2);
    unlink(reports);
    unlink(first);
    unlink(second);
    rmdir(folder);
}

/* What is told by all reports of one kind tells less of two of them than of two others. */
static void test_details_are_counted_by_kind(void **state) {
    char folder[] = "/tmp/triage-rarity-XXXXXX", reports[64], counted[64];
    struct error error = {0};
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(reports, sizeof reports, "%s/reports.jsonl", folder);
    snprintf(counted, sizeof counted, "%s/rarity.tsv", folder);
    reports_write(reports);
    char *count[] = {"train", reports, "--split", "train", "--rarity", counted};
    assert_int_equal(triage_train_main(6, count, SITE), 0);
    struct rarity *rarity = rarity_load(counted, &error);
    assert_non_null(rarity);
    float here = rarity_within(rarity, "pasung", "belenggu"),
          elsewhere = rarity_within(rarity, "bansos_info", "belenggu");
    assert_true(here < elsewhere && elsewhere < 1);
    rarity_free(&rarity);
    unlink(reports);
    unlink(counted);
    rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clear_reports),
        cmocka_unit_test(test_doubt_reaches_a_person),
        cmocka_unit_test(test_quiet),
        cmocka_unit_test(test_cases_and_their_doubles),
        cmocka_unit_test(test_danger_is_a_report),
        cmocka_unit_test(test_an_announced_death_rings),
        cmocka_unit_test(test_turns),
        cmocka_unit_test(test_nothing_known_is_reviewed),
        cmocka_unit_test(test_urgent_flag_raises),
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_who_is_beaten_decides),
        cmocka_unit_test(test_confidentiality_is_the_strictest),
        cmocka_unit_test(test_follow_ups_tell_what_they_follow),
        cmocka_unit_test(test_several_victims),
        cmocka_unit_test(test_no_fact_displaces_a_victim),
        cmocka_unit_test(test_evidence_quotes_the_report),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_what_is_kept_tells_the_same),
        cmocka_unit_test(test_what_was_kept_as_json_is_told_as_it_is),
        cmocka_unit_test(test_the_heaviest_evidence_is_kept),
        cmocka_unit_test(test_the_longest_evidence_is_left_out),
        cmocka_unit_test(test_same_report_same_judgement),
        cmocka_unit_test(test_any_bytes),
        cmocka_unit_test(test_largest_message_fits),
        cmocka_unit_test(test_explain_answers_line_by_line),
        cmocka_unit_test(test_explain_for_people),
        cmocka_unit_test(test_training_is_reproducible),
        cmocka_unit_test(test_training_of_places_is_reproducible),
        cmocka_unit_test(test_details_are_counted_by_kind),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
