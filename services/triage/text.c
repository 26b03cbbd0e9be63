/* How a message is read: code points are folded one by one and gathered into runs of word letters; a run
 * becomes one or more words (units after numbers, digits for letters, doubling); two passes over the words
 * then join number words and mark what is denied.
 *
 * Hostile here: everything. Code points can unfold to 18 others, words can be endless, a message can be one
 * word or two thousand; each has its limit and what is beyond it is left out, never refused. */
#include "services/triage/text.h"

#include "services/triage/spelling.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

enum {
    RUN_MAX = 96,      /* bytes of one run of word letters; the rest of a longer run is dropped */
    UNFOLD_MAX = 18,   /* the longest compatibility decomposition in Unicode */
    NEGATION_REACH = 3 /* words; reference 7c */
};

struct reader {
    struct arena *arena;
    const struct spelling *spelling;
    struct text *text;
    size_t capacity; /* of text->words */
    char *pool;      /* keys are written here */
    size_t pool_used, pool_size;
    char run[RUN_MAX + 1];      /* folded letters not yet made into words */
    uint32_t from[RUN_MAX + 1]; /* where in the message each stood */
    size_t run_size;
    uint32_t run_end;
    bool run_capital, run_small, run_shouted, run_mention, run_tag;
    bool run_odd;     /* more than plain letters: digits, signs, letters beyond ASCII */
    bool spelled;     /* the run is spelled letter by letter: o-d-g-j, K.D.R.T */
    bool joined;      /* the run follows the previous word after a hyphen or a dot without a space */
    bool quoted;      /* inside double quotes */
    bool single_open; /* a single quote was opened before this run */
    bool quote_open;  /* and before an earlier one, and is not closed */
    bool break_clause, break_sentence;
};

uint64_t text_hash(const char *key) {
    return text_hash_on(TEXT_HASH_START, key);
}

bool word_is_in(const struct word *word, const char *const *keys) {
    for (; *keys; keys++)
        if (word_is(word, *keys))
            return true;
    return false;
}

void word_filter_add(struct word_filter *filter, const char *key) {
    uint64_t hash = text_hash(key);
    filter->bits[hash >> 6 & 3] |= UINT64_C(1) << (hash & 63);
}

void word_filter_make(struct word_filter *filter, const char *const *keys) {
    for (; *keys; keys++)
        word_filter_add(filter, *keys);
    filter->made = true;
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* ---- words */

static struct word *word_append(struct reader *reader, const char *key, size_t key_size, uint64_t hash) {
    if (reader->text->count == reader->capacity)
        return NULL;
    struct text *text = reader->text;
    if (reader->break_sentence && text->count)
        text->sentences++;
    if ((reader->break_sentence || reader->break_clause) && text->count)
        text->clauses++;
    struct word *word = &text->words[text->count];
    *word = (struct word){.key = key,
        .key_size = (uint8_t)key_size,
        .hash = hash,
        .clause = text->clauses,
        .sentence = text->sentences,
        .negator = -1};
    if (!text->count || reader->break_sentence || reader->break_clause)
        word->flags |= WORD_OPENS;
    reader->break_sentence = reader->break_clause = false;
    text->count++;
    return word;
}

static uint16_t run_flags(const struct reader *reader) {
    unsigned flags = 0;
    if (reader->run_capital)
        flags |= WORD_CAPITAL;
    if (reader->run_shouted && !reader->run_small)
        flags |= WORD_SHOUTED;
    if (reader->run_mention || reader->run_tag)
        flags |= WORD_MENTION;
    if (reader->quoted)
        flags |= WORD_QUOTED;
    return (uint16_t)flags;
}

static void word_place(const struct reader *reader, struct word *word, size_t first, size_t last) {
    word->start = reader->from[first];
    word->end = last + 1 < reader->run_size ? reader->from[last + 1] : reader->run_end;
    word->flags |= run_flags(reader);
}

/* "kk", "spp", "gg" are short for something, and no letter of them is one too many; nor is one of "Allah" -
 * "alah" is Minang for already. */
static bool is_as_it_should_be(const char *letters, size_t size) {
    static const char god[] = "allah";
    if (size == sizeof god - 1)
        return memcmp(letters, god, size) == 0;
    if (size < 2 || size > 3 || (size == 3 && letters[0] == letters[1] && letters[1] == letters[2]))
        return false;
    for (size_t i = 0; i < size; i++)
        if (!is_letter(letters[i]) || strchr("aiueo", letters[i]))
            return false;
    return true;
}

struct key {
    const char *text; /* NULL: the pool is full */
    size_t size;
    uint64_t hash;
};

/* A copy of the letters with repeats taken out. */
static struct key key_write(struct reader *reader, const char *letters, size_t size) {
    struct key key = {.hash = TEXT_HASH_START};
    if (reader->pool_used + size + 1 > reader->pool_size)
        return key;
    char *text = reader->pool + reader->pool_used, last = 0;
    bool keep = is_as_it_should_be(letters, size);
    for (size_t i = 0; i < size && key.size < WORD_KEY_MAX - 1; i++) {
        char letter = letters[i];
        if (letter == last && is_letter(letter) && !keep)
            continue;
        text[key.size++] = last = letter;
        key.hash = text_hash_step(key.hash, letter);
    }
    text[key.size] = 0;
    key.text = text;
    reader->pool_used += key.size + 1;
    return key;
}

static bool is_of_two(const char *key, char one, char other) {
    while (*key == one || *key == other)
        key++;
    return !*key;
}

/* wkwkwk, hahaha, hehe, hihi, xixi, awokawok: at least two rounds of laughing letters. Hardly a word comes
 * back to its first letter with the third, as nearly all of these do. */
static bool is_laugh(const char *key, size_t size) {
    if (size < 3)
        return false;
    if (key[0] == 'w' && key[1] == 'k')
        return is_of_two(key, 'w', 'k');
    if (key[2] != key[0])
        return (key[0] == 'a' && strncmp(key, "awok", 4) == 0) ||
               (key[0] == 'n' && strcmp(key, "ngakak") == 0);
    if (size == 3)
        return strcmp(key, "lol") == 0;
    return is_of_two(key, 'h', 'a') || is_of_two(key, 'h', 'e') || is_of_two(key, 'h', 'i') ||
           is_of_two(key, 'x', 'i') || is_of_two(key, 'a', 'k');
}

static bool fold_double(struct reader *reader, const struct key *key) {
    struct text *text = reader->text;
    if (!reader->joined || !text->count)
        return false;
    struct word *before = &text->words[text->count - 1];
    if (key->size >= 3 && before->key_size >= 3) {
        if (key->size >= before->key_size &&
            strncmp(key->text, before->key, before->key_size) == 0) { /* anak-anaknya */
            before->key = key->text;
            before->key_size = (uint8_t)key->size;
            before->hash = key->hash;
        } else if (!(key->size < before->key_size &&
                       strcmp(before->key + before->key_size - key->size, key->text) == 0)) {
            return false; /* not dipegang-pegang either */
        }
        before->flags |= WORD_DOUBLED;
        before->end = reader->run_end;
        return true;
    }
    return false;
}

static void letters_emit(struct reader *reader, size_t first, size_t size, unsigned flags) {
    const struct key key = key_write(reader, reader->run + first, size);
    if (!key.text || !key.size)
        return;
    if (is_laugh(key.text, key.size))
        reader->text->laughs++;
    if (fold_double(reader, &key))
        return;
    bool mine = false;
    const struct spelling_entry *entry =
        reader->spelling ? spelling_find(reader->spelling, key.text, key.hash) : NULL;
    if (!entry && reader->spelling)
        entry = spelling_find_inflected(reader->spelling, key.text, key.size, &mine);
    size_t count = entry ? entry->count : 1;
    for (size_t i = 0; i < count; i++) {
        struct word *word =
            entry ? word_append(reader, entry->meant[i].key, entry->meant[i].size, entry->meant[i].hash)
                  : word_append(reader, key.text, key.size, key.hash);
        if (!word)
            return;
        word_place(reader, word, first, first + size - 1);
        word->flags |= (uint16_t)flags;
    }
    static const char me[] = "saya";
    struct word *word = mine ? word_append(reader, me, sizeof me - 1, text_hash(me)) : NULL;
    if (word)
        word_place(reader, word, first, first + size - 1);
}

static void number_emit(struct reader *reader, size_t first, size_t size) {
    size_t zeros = 0;
    while (zeros + 1 < size && reader->run[first + zeros] == '0')
        zeros++; /* 07 is 7, so that patterns need one form */
    const struct key key = key_write(reader, reader->run + first + zeros, size - zeros);
    if (!key.text)
        return;
    struct word *word = word_append(reader, key.text, key.size, key.hash);
    if (!word)
        return;
    word_place(reader, word, first, first + size - 1);
    if (key.size <= 9) { /* fits an int32; longer ones are telephone numbers and NIK */
        for (size_t i = 0; i < key.size; i++)
            word->number = word->number * 10 + (key.text[i] - '0');
        word->flags |= WORD_NUMBER;
    }
}

/* ---- runs of letters and digits */

static char letter_for_digit(char digit) {
    switch (digit) {
    case '0':
        return 'o';
    case '1':
        return 'i';
    case '3':
        return 'e';
    case '4':
        return 'a';
    case '5':
        return 's';
    case '7':
        return 't';
    }
    return 0;
}

/* The letters after a number that make it a measure: 14th, 3bln, 2x, 12rb. */
static bool is_unit(const char *letters, size_t size) {
    static const char *const units[] = {"th", "thn", "tahun", "tahunan", "thnan", "taun", "taunan", "taon",
        "an", "bln", "bulan", "hr", "hari", "jam", "jm", "mnt", "menit", "x", "kali", "kg", "gr", "cm", "m",
        "km", "rb", "ribu", "jt", "juta", "rbu", "org", "orang", "anak", "ank", "minggu", "mgg", "mggu",
        "wib", "d", "hari", "mlm", "malam", "malem", "bulanan", "bocah", "kk", "jiwa", "tahunnya", "th-an",
        "sd", "smp", "sma", "lansia", "balita", "bayi", "rumah", "tth", "dino", "wengi", "sen", "pagi", "k",
        "ha", "ton", "tahunlalu", "blnan", "minggu", NULL};
    for (size_t i = 0; units[i]; i++)
        if (strlen(units[i]) == size && strncmp(units[i], letters, size) == 0)
            return true;
    return false;
}

static size_t span_letters(const struct reader *reader, size_t at) {
    size_t size = 0;
    while (at + size < reader->run_size && !is_digit(reader->run[at + size]))
        size++;
    return size;
}

static size_t span_digits(const struct reader *reader, size_t at) {
    size_t size = 0;
    while (at + size < reader->run_size && is_digit(reader->run[at + size]))
        size++;
    return size;
}

/* Single digits between letters, or one before at least three letters that are no unit, are letters in
 * disguise. */
static void undisguise(struct reader *reader) {
    for (size_t i = 0; i < reader->run_size; i++) {
        char *c = &reader->run[i];
        bool after_letter = i && is_letter(reader->run[i - 1]);
        bool before_letter = i + 1 < reader->run_size && is_letter(reader->run[i + 1]);
        if (*c == '@' && after_letter)
            *c = 'a';
        if (!is_digit(*c) || !before_letter || !letter_for_digit(*c))
            continue;
        size_t letters = span_letters(reader, i + 1);
        if (after_letter || (i == 0 && letters >= 3 && !is_unit(reader->run + 1, letters)))
            *c = letter_for_digit(*c);
    }
}

/* anak2, anak2nya: the 2 doubles the word. */
static bool doubling_emit(struct reader *reader, size_t first, size_t letters) {
    static const char *const endings[] = {
        "", "nya", "ny", "an", "ku", "mu", "ne", "e", "in", "kan", "i", NULL};
    size_t two = first + letters;
    if (letters < 2 || reader->run[two] != '2' ||
        (two + 1 < reader->run_size && is_digit(reader->run[two + 1])))
        return false;
    size_t rest = reader->run_size - two - 1;
    for (size_t i = 0; endings[i]; i++) {
        if (strlen(endings[i]) != rest || strncmp(endings[i], reader->run + two + 1, rest) != 0)
            continue;
        memmove(reader->run + two, reader->run + two + 1, rest + 1);
        memmove(reader->from + two, reader->from + two + 1, (rest + 1) * sizeof reader->from[0]);
        reader->run_size--;
        letters_emit(reader, first, reader->run_size - first, WORD_DOUBLED);
        return true;
    }
    return false;
}

/* "'Jl. Merdeka 10 Kota Blitar'": behind a name the last sign of those in a message that opened a quotation
 * closes it. Elsewhere it may be a glottal stop: "'tak andi' pesse'". */
static bool is_quote_closed(const struct reader *reader) {
    const struct text *text = reader->text;
    return reader->single_open ||
           (reader->quote_open && reader->run_capital &&
               !memchr(text->bytes + reader->run_end, '\'', text->size - reader->run_end));
}

static void run_trim(struct reader *reader) {
    while (reader->run_size) {
        char last = reader->run[reader->run_size - 1];
        if (last == '\'' && is_quote_closed(reader))
            reader->single_open = reader->quote_open = false;
        else if (last != '@')
            break;
        reader->run_size--;
    }
    reader->run[reader->run_size] = 0;
}

/* Letters, digits and signs, each by itself. */
static void run_part(struct reader *reader) {
    bool first_word = true;
    run_trim(reader);
    undisguise(reader);
    for (size_t at = 0; at < reader->run_size;) {
        size_t digits = span_digits(reader, at);
        if (digits) {
            number_emit(reader, at, digits);
            at += digits;
        } else {
            size_t letters = span_letters(reader, at);
            if (at + letters < reader->run_size && doubling_emit(reader, at, letters))
                break;
            letters_emit(reader, at, letters, 0);
            at += letters;
        }
        if (first_word)
            reader->joined = false;
        first_word = false;
    }
}

static void run_flush(struct reader *reader) {
    if (reader->run_odd) {
        run_part(reader);
    } else if (reader->run_size) {
        letters_emit(reader, 0, reader->run_size, 0);
        reader->joined = false;
    }
    if (reader->run_tag)
        reader->text->tags++;
    reader->run_size = 0;
    reader->run_capital = reader->run_small = reader->run_shouted = false;
    reader->run_mention = reader->run_tag = reader->run_odd = false;
    reader->quote_open = reader->quote_open || reader->single_open;
    reader->single_open = reader->spelled = false;
}

static void run_add(struct reader *reader, char c, uint32_t start, uint32_t end) {
    if (reader->run_size < RUN_MAX) {
        reader->run[reader->run_size] = c;
        reader->from[reader->run_size++] = start;
    }
    reader->run_end = end;
}

static void run_add_odd(struct reader *reader, char c, uint32_t start, uint32_t end) {
    reader->run_odd = true;
    run_add(reader, c, start, end);
}

/* ---- code points */

static bool is_abbreviation(const struct text *text) {
    static const char *const keys[] = {"kecamatan", "kabupaten", "kelurahan", "desa", "dusun", "jalan",
        "nomor", "rt", "rw", "bapak", "pak", "bu", "ibu", "drs", "sdr", "h", "hj", "kec", "kab", "kel", "ds",
        "dsn", "jl", "no", "bpk", "tahun", "th", "a", "n", "prof", "moh", "muh", "m", "r", NULL};
    if (!text->count)
        return false;
    const struct word *word = &text->words[text->count - 1];
    bool doctor = strcmp(word->key, "dari") == 0 && word->end - word->start == 2; /* "RSUD dr. Soetomo" */
    return doctor || word_is_one_of(word, keys);
}

/* A hyphen or dot between single letters belongs to the word. next: what follows it in the message. */
static bool spells_on(struct reader *reader, const char *next, size_t left) {
    if (!(reader->run_size == 1 || reader->spelled) || left < 1 || !isalpha((unsigned char)next[0]))
        return false;
    if (left > 1 && (isalnum((unsigned char)next[1]) || (unsigned char)next[1] >= 0x80))
        return false;
    reader->spelled = true;
    return true;
}

static void separator_read(struct reader *reader, int32_t point, bool space_follows) {
    bool in_word = reader->run_size > 0;
    run_flush(reader);
    reader->joined = false;
    switch (point) {
    case '-':
        reader->joined = in_word && !space_follows;
        break;
    case '.':
        if (!space_follows)
            reader->joined = in_word;
        else if (!is_abbreviation(reader->text))
            reader->break_sentence = true;
        break;
    case '?':
        reader->text->questions++;
        reader->break_sentence = true;
        break;
    case '!':
    case '\n':
        reader->break_sentence = true;
        break;
    case ',':
    case ';':
    case ':':
    case '(':
    case ')':
        reader->break_clause = reader->break_clause || space_follows || point != ',';
        break;
    case '"':
    case 0x201c:
    case 0x201d:
        reader->quoted = !reader->quoted;
        break;
    case '\'':
    case 0x2018:
        reader->single_open = true;
        break;
    }
}

static void emoji_read(struct reader *reader, int32_t point) {
    run_flush(reader);
    if (point == 0x1f602 || point == 0x1f923 || point == 0x1f606 || point == 0x1f605 || point == 0x1f604 ||
        point == 0x1f92a || point == 0x1f61d)
        reader->text->laughs++;
}

static void letter_read(struct reader *reader, int32_t point, uint32_t start, uint32_t end) {
    utf8proc_int32_t points[UNFOLD_MAX];
    int boundary = 0;
    utf8proc_ssize_t count = utf8proc_decompose_char(point, points, UNFOLD_MAX,
        UTF8PROC_CASEFOLD | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK, &boundary);
    for (utf8proc_ssize_t i = 0; i < count && i < UNFOLD_MAX; i++) {
        utf8proc_uint8_t bytes[4];
        utf8proc_ssize_t size = utf8proc_encode_char(points[i], bytes);
        for (utf8proc_ssize_t k = 0; k < size; k++)
            run_add_odd(reader, (char)bytes[k], start, end);
    }
}

static void wide_read(
    struct reader *reader, int32_t point, uint32_t start, uint32_t end, bool space_follows) {
    switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_LU:
        reader->run_capital = reader->run_capital || !reader->run_size;
        letter_read(reader, point, start, end);
        return;
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
        reader->run_small = true;
        letter_read(reader, point, start, end);
        return;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
        return; /* marks, joiners and zero-width spaces vanish inside a word */
    case UTF8PROC_CATEGORY_SO:
        emoji_read(reader, point);
        return;
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
    case UTF8PROC_CATEGORY_PC:
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO:
    case UTF8PROC_CATEGORY_SM:
    case UTF8PROC_CATEGORY_SC:
    case UTF8PROC_CATEGORY_SK:
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
        break;
    }
    /* A glottal stop inside or after a Madurese word, however it was typed. */
    if ((point == 0x2019 || point == 0x02bc || point == 0x2018) && reader->run_size)
        run_add_odd(reader, '\'', start, end);
    else
        separator_read(reader, point, space_follows);
}

/* Plain letters go on with a word whatever follows, and are nearly all that a message has. Returns where they
 * end. */
static size_t letters_read(struct reader *reader, size_t at) {
    const char *bytes = reader->text->bytes;
    const size_t size = reader->text->size;
    for (; at < size; at++) {
        char c = bytes[at];
        if (c >= 'a' && c <= 'z') {
            reader->run_small = true;
        } else if (c >= 'A' && c <= 'Z') {
            reader->run_capital = reader->run_capital || !reader->run_size;
            reader->run_shouted = reader->run_shouted || reader->run_size > 0;
            c = (char)(c - 'A' + 'a');
        } else {
            break;
        }
        run_add(reader, c, (uint32_t)at, (uint32_t)at + 1);
    }
    return at;
}

/* Any other character of ASCII. */
static void narrow_read(struct reader *reader, char c, uint32_t at, bool space_follows) {
    if (is_digit(c)) {
        run_add_odd(reader, c, at, at + 1);
    } else if ((c == '\'' || c == '`' || c == '*') && reader->run_size) {
        run_add_odd(reader, c == '`' ? '\'' : c, at, at + 1);
    } else if (c == '@' && reader->run_size) {
        run_add_odd(reader, c, at, at + 1);
    } else if (c == '@' || c == '#') {
        run_flush(reader);
        reader->run_mention = c == '@';
        reader->run_tag = c == '#';
    } else if (c == '_' && reader->run_mention) {
        run_add_odd(reader, c, at, at + 1);
    } else {
        separator_read(reader, c, space_follows);
    }
}

/* The size of a link that starts here, 0 when none does. */
static size_t link_size(const char *bytes, size_t left) {
    if (!(left > 7 && (strncmp(bytes, "http", 4) == 0 || strncmp(bytes, "www.", 4) == 0)))
        return 0;
    size_t size = 4;
    while (size < left && (unsigned char)bytes[size] > ' ')
        size++;
    return size;
}

static bool ends_word(char next) {
    switch (next) {
    case '.':
    case '?':
    case '!':
    case ',':
    case ';':
    case ':':
    case ')':
    case '"':
        return true;
    }
    return (unsigned char)next <= ' ';
}

static void message_read(struct reader *reader) {
    const char *bytes = reader->text->bytes;
    size_t size = reader->text->size;
    for (size_t at = 0; at < size;) {
        if (!reader->run_size && (bytes[at] == 'h' || bytes[at] == 'w')) {
            size_t skip = link_size(bytes + at, size - at);
            reader->text->links = (uint16_t)(reader->text->links + (skip ? 1 : 0));
            if (skip) {
                at += skip;
                continue;
            }
        }
        size_t letters_end = letters_read(reader, at);
        if (letters_end > at) {
            at = letters_end;
            continue;
        }
        utf8proc_int32_t point = (unsigned char)bytes[at];
        size_t step = 1;
        if (point >= 0x80) {
            utf8proc_ssize_t read =
                utf8proc_iterate((const utf8proc_uint8_t *)bytes + at, (utf8proc_ssize_t)(size - at), &point);
            step = read > 0 ? (size_t)read : 1;
            if (read <= 0)
                point = ' '; /* broken UTF-8 parts words, as a space would */
        }
        bool space_follows = at + step >= size || ends_word(bytes[at + step]);
        if ((point == '-' || point == '.') && spells_on(reader, bytes + at + step, size - at - step))
            ; /* the run goes on */
        else if (point < 0x80)
            narrow_read(reader, (char)point, (uint32_t)at, space_follows);
        else
            wide_read(reader, point, (uint32_t)at, (uint32_t)(at + step), space_follows);
        at += step;
    }
    run_flush(reader);
}

/* ---- passes over the words */

struct number_word {
    const char *key;
    int value;
};

/* 1 to 9 with their Javanese, Madurese and Minang forms; folded (lima', limo -> 5). No word with a second
 * meaning. By their first letter, as every word of a report is looked for. */
#define INITIAL(letter) ((letter) - 'a')
#define NUMBERS(...)                                                                                         \
    (const struct number_word[]) {                                                                           \
        __VA_ARGS__, {                                                                                       \
            NULL, 0                                                                                          \
        }                                                                                                    \
    }
static const struct number_word *const numbers[26] = {
    [INITIAL('a')] = NUMBERS({"ampek", 4}, {"anam", 6}),
    [INITIAL('b')] = NUMBERS({"balu'", 8}),
    [INITIAL('c')] = NUMBERS({"ciek", 1}),
    [INITIAL('d')] = NUMBERS({"dua", 2}, {"duo", 2}, {"dua'", 2}, {"duwa'", 2}, {"duwe'", 2}, {"delapan", 8}),
    [INITIAL('e')] = NUMBERS({"empat", 4}, {"empa'", 4}, {"enam", 6}, {"enem", 6}, {"enem'", 6}),
    [INITIAL('l')] = NUMBERS({"lima", 5}, {"limo", 5}, {"limang", 5}, {"lema'", 5}),
    [INITIAL('p')] = NUMBERS({"papat", 4}, {"patang", 4}, {"pitu", 7}, {"pitung", 7}, {"peto'", 7}),
    [INITIAL('r')] = NUMBERS({"rolas", 12}),
    [INITIAL('s')] = NUMBERS({"satu", 1}, {"siji", 1}, {"setong", 1}, {"salapan", 8}, {"sembilan", 9},
        {"sambilan", 9}, {"sepuluh", 10}, {"sapuluah", 10}, {"sapolo", 10}, {"sebelas", 11}, {"sewelas", 11},
        {"seratus", 100}),
    [INITIAL('t')] = NUMBERS(
        {"tiga", 3}, {"telu", 3}, {"telung", 3}, {"tigo", 3}, {"telo'", 3}, {"tujuh", 7}, {"tujuah", 7}),
    [INITIAL('w')] = NUMBERS({"wolu", 8}, {"wolung", 8}),
};

/* Javanese "patang dina" are four days, Minang "patang" is yesterday. */
static bool is_counted(const struct text *text, size_t at) {
    static const char *const counted[] = {"hari", "dina", "mingu", "bulan", "wulan", "sasi", "tahun", "jam",
        "anak", "orang", "kali", "puluh", "puluhan", "atus", "ewu", NULL};
    return at + 1 < text->count && word_is_one_of(&text->words[at + 1], counted);
}

static void number_filter_make(struct word_filter *filter) {
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        for (const struct number_word *number = numbers[i]; number && number->key; number++)
            word_filter_add(filter, number->key);
    filter->made = true;
}

static int number_word(const struct word *word) {
    static struct word_filter filter;
    if (!filter.made)
        number_filter_make(&filter);
    if (!word_filter_holds(&filter, word))
        return 0;
    unsigned initial = (unsigned)INITIAL(word->key[0]);
    const struct number_word *number = initial < 26 ? numbers[initial] : NULL;
    for (; number && number->key; number++)
        if (number->key[1] == word->key[1] && strcmp(number->key, word->key) == 0)
            return number->value;
    return 0;
}

/* "dua belas", "tujuh puluh lima": how many words make the number, 0 for none. */
static size_t number_read(const struct text *text, size_t at, int *value) {
    *value = number_word(&text->words[at]);
    if (!*value || (word_is(&text->words[at], "patang") && !is_counted(text, at)))
        return 0;
    size_t used = 1;
    static const char *const teens[] = {"belas", "bale", "welas", "baleh", NULL};
    static const char *const tens[] = {"puluh", "puluhan", "puluah", "polo", "puloh", NULL};
    if (*value < 10 && at + used < text->count && word_is_one_of(&text->words[at + used], teens)) {
        *value += 10;
        return used + 1;
    }
    if (*value < 10 && at + used < text->count && word_is_one_of(&text->words[at + used], tens)) {
        *value *= 10;
        used++;
        int unit = at + used < text->count ? number_word(&text->words[at + used]) : 0;
        if (unit && unit < 10) {
            *value += unit;
            used++;
        }
    }
    return used;
}

/* "Laki" alone is a husband in Minang and the streets of Jakarta; "laki-laki" is a man. */
static bool is_man(const struct text *text, size_t at) {
    const struct word *word = &text->words[at];
    if (!word_is(word, "laki"))
        return false;
    return word->flags & WORD_DOUBLED || (at + 1 < text->count && word_is(word + 1, "laki"));
}

static void man_join(struct word *word, const struct word *next, size_t *used) {
    static const char man[] = "lelaki";
    *used = word->flags & WORD_DOUBLED ? 1 : 2;
    if (*used == 2)
        word->end = next->end;
    word->key = man;
    word->key_size = sizeof man - 1;
    word->hash = text_hash(man);
}

/* The words of a number as one of digits. */
static void number_join(struct reader *reader, struct word *word, const struct word *last, int value) {
    char digits[12];
    int length = snprintf(digits, sizeof digits, "%d", value);
    const struct key key = key_write(reader, digits, (size_t)length);
    if (!key.text)
        return;
    word->key = key.text;
    word->key_size = (uint8_t)key.size;
    word->hash = key.hash;
    word->number = value;
    word->flags |= WORD_NUMBER;
    word->end = last->end;
}

static void words_join(struct reader *reader) {
    struct text *text = reader->text;
    size_t kept = 0;
    for (size_t at = 0; at < text->count;) {
        int value;
        size_t used = number_read(text, at, &value);
        struct word *word = &text->words[kept];
        if (kept++ < at)
            *word = text->words[at];
        if (used)
            number_join(reader, word, &text->words[at + used - 1], value);
        if (is_man(text, at))
            man_join(word, &text->words[at] + 1, &used);
        at += used ? used : 1;
    }
    text->count = kept;
}

/* Words that begin a new thought; what was denied before them stays there. */
static const char *const turns[] = {"tapi", "tetapi", "tp", "namun", "padahal", "sedangkan", "walaupun",
    "meskipun", "nanging", "tape", "hanya", "cuma", "karena", "soalnya", "malah", NULL};
static const char *const negators[] = {"tidak", "bukan", "belum", "jangan", "tanpa", NULL};
/* "tidak hanya dipukul" affirms; "tidak tahan dipukuli" denies the bearing, not the blow. */
static const char *const affirming[] = {"hanya", "cuma", "cuman", "sekadar", "sekedar", "tahan", "kuat",
    "tega", "berani", "sangup", "tahu", "sadar", "berhenti", "henti", "sengaja", "kunjung", "lain", "bisa",
    "apa", "ada", "percaya", "sangka", "nyangka", NULL};

static void clauses_turn(struct text *text) {
    uint16_t extra = 0;
    for (size_t i = 0; i < text->count; i++) {
        struct word *word = &text->words[i];
        if (i && !(word->flags & WORD_OPENS) && word_is_one_of(word, turns)) {
            extra++;
            word->flags |= WORD_OPENS;
        }
        word->clause = (uint16_t)(word->clause + extra);
    }
    if (text->count)
        text->clauses = (uint16_t)(text->words[text->count - 1].clause + 1);
}

/* "Tak pateni kowe", "tak bunuh kamu": in Javanese "tak" before a bare verb is who speaks, and what follows
 * is a threat as often as help. Indonesian "tak" denies, but never a bare verb of these. */
static bool is_speaker(const struct text *text, size_t at) {
    static const char *const deeds[] = {"bunuh", "pateni", "bakar", "obong", "pukul", "gebuki", "antemi",
        "gepuki", "hajar", "tusuk", "bacok", "cekik", "sembelih", "tembak", "balang", "parani", "kira",
        "kiro", "sangka", "pikir", "lihat", "bawa", "openi", "wenehi", "lapori", "laporno", "laporne",
        "tunggoni", "gendong", "dulang", "titipno", "rewangi", NULL};
    const struct word *word = &text->words[at];
    return at + 1 < text->count && word->end - word->start == 3 && (text->bytes[word->start] | 0x20) == 't' &&
           (text->bytes[word->start + 1] | 0x20) == 'a' && (text->bytes[word->start + 2] | 0x20) == 'k' &&
           word_is_one_of(word + 1, deeds);
}

/* Minang "alun" is not yet; "alun-alun" is the town square. */
static bool is_negator(const struct text *text, size_t at) {
    const struct word *word = &text->words[at];
    if (!word_is(word, "alun"))
        return word_is_one_of(word, negators) && !(word_is(word, "tidak") && is_speaker(text, at));
    return !(word->flags & WORD_DOUBLED) && !(at && word_is(word - 1, "alun")) &&
           !(at + 1 < text->count && word_is(word + 1, "alun"));
}

static void negations_mark(struct text *text) {
    for (size_t i = 0; i < text->count; i++) {
        if (is_negator(text, i))
            text->words[i].flags |= WORD_NEGATOR;
    }
    for (size_t i = 0; i < text->count; i++) {
        if (!(text->words[i].flags & WORD_NEGATOR))
            continue;
        for (size_t k = i + 1; k < text->count && k <= i + NEGATION_REACH; k++) {
            struct word *word = &text->words[k];
            if (word->clause != text->words[i].clause || word_is_one_of(word, affirming))
                break;
            if (!(word->flags & WORD_NEGATOR))
                word->negator = (int16_t)i;
        }
    }
}

bool text_read(
    struct arena *arena, const struct spelling *spelling, const char *bytes, size_t size, struct text *out) {
    if (size > TEXT_BYTES_MAX)
        size = TEXT_BYTES_MAX;
    struct reader reader = {.arena = arena, .spelling = spelling, .text = out};
    *out = (struct text){.bytes = bytes, .size = size};
    reader.capacity = size / 2 + 4 > TEXT_WORDS_MAX ? TEXT_WORDS_MAX : size / 2 + 4;
    reader.pool_size = 3 * size + 128;
    reader.pool = arena_take(arena, reader.pool_size);
    out->words = arena_take(arena, reader.capacity * sizeof *out->words);
    if (!out->words || !reader.pool)
        return false;
    message_read(&reader);
    arena_shrink(arena, out->words, out->count * sizeof *out->words);
    words_join(&reader);
    if (out->count)
        out->sentences++;
    clauses_turn(out);
    negations_mark(out);
    return true;
}
