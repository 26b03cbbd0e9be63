/* What the files that read roles share (place_roles.c, place_going.c, place_being.c): single words before a
 * name, and what they say of whom. */
#pragma once

#include "services/triage/place_parts.h"

enum {
    CUE_REACH = 4, /* words before "di" that say why: "sekarang tidur di" */
    SEEN_REACH = 3 /* "ke Jambangan Surabaya tadi lihat" */
};

/* ---- words (place_cues.c) ---- */

/* Words of kind and nearness between a preposition and its name: "ke [dinsos kota] Malang". */
bool place_word_is_between(const struct word *word);
/* "dulu", "pernah". */
bool place_word_is_past(const struct word *word);
/* "sekarang kerja di", "ditemukan di": where it is now, whatever else is said. */
bool place_word_is_found(const struct word *word);
/* "ke", "menuju". */
bool place_word_is_bound(const struct word *word);
/* "mengaku dari Kudus", "menyebut Pare": what somebody says who is lost elsewhere. */
bool place_word_is_claim(const struct word *word);
/* "seko": Javanese. "soko" is a district, too. */
bool place_word_is_dari(const struct word *word);
/* "asal", "kelahiran", and what the two before say. */
bool place_word_is_from(const struct word *word);
/* "logatnya Madura", "plat Jember": a guess at where somebody is from, and no word on where he is. */
bool place_word_is_trait(const struct word *word);

/* One of the keys, at most CUE_REACH words before and in one clause. keys end with NULL. */
bool place_cue_has_before(const struct text *text, size_t at, const char *const *keys);
/* "mau", "ingin", "ongkos" so: it has not happened. */
bool place_cue_is_wished(const struct text *text, size_t at);
/* "saya di Malang": first of its clause, or "posisi saya di"; "ibu saya di Turen" is about the mother. */
bool place_cue_is_teller(const struct text *text, size_t at);
/* "Pak saya dari Ambon", "Mohon maaf kak, kami dari": who is called stands before the teller. */
bool place_cue_is_teller_behind_call(const struct text *text, size_t at);
/* "anak tunggal di Batam": hers, and no child that something happens to. */
bool place_cue_is_only_child(const struct text *text, size_t at);
/* Before "di": somebody else is there. "dipukuli bapaknya di" is where the beaten one is. */
bool place_cue_is_far(const struct text *text, size_t at);
/* One of the words from begin to end (not included) is an office: "bupati", "dinsos". */
bool place_cue_has_office(const struct text *text, size_t begin, size_t end);

/* ---- who goes, and who came home (place_going.c) ---- */

/* "sekarang sudah pulang ke Tongas". */
bool place_cue_is_home_again(const struct text *text, size_t bound);
/* "tadi pulang ke rumah ibunya di": a little while ago. home: "pulang". */
bool place_cue_is_home_lately(const struct text *text, size_t home);
/* "saya pulang ke rumah ibu di Krembung": who says so is there; "mau pulang", "besok saya pulang" is not. */
bool place_cue_is_gone_home(const struct text *text, size_t home, size_t in);
/* "sudah pulang ke Talun". */
bool place_name_is_returned_to(const struct text *text, const struct place_name *name);
/* "pindah ke", "sudah sampai ke", "coba ke": who has arrived, or is asked to come, is there; "mau pulang ke"
 * is not. */
enum place_role place_role_of_bound(
    const struct text *text, size_t bound, const struct place_name *name, const struct place_name *before);

/* ---- who is there, or comes from there (place_being.c) ---- */

/* "saya dari Turen", "lapor dari": the teller says where he is; "bus dari", "rombongan dari" come from there.
 */
enum place_role place_role_of_from(const struct text *text, size_t from);
/* "di" says nothing by itself; the words before it do. last: the end of the name. before: the name before, or
 * NULL. */
enum place_role place_role_of_in(
    const struct text *text, size_t in, size_t last, const struct place_name *before);
