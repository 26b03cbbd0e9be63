#include "texts.h"

#include <stdio.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *const firsts[] = {"Slamet", "Sumiati", "Paijo", "Ngatinem", "Budi", "Siti", "Wagiman",
    "Lastri", "Suparno", "Endang", "Mulyono", "Ratna", "Kasiman", "Yuni", "Joko", "Aminah", "Parto", "Dewi",
    "Tukiran", "Marsinah", "Hasan", "Nurul", "Sutrisno", "Wati", "Bambang", "Sri", "Karno", "Indah", "Supri",
    "Tutik"};
static const char *const lasts[] = {"Wibowo", "Santoso", "Rahayu", "Utomo", "Lestari", "Prasetyo",
    "Handayani", "Nugroho", "Widodo", "Susanti", "Hidayat", "Purnomo", "Astuti", "Setiawan", "Kusuma",
    "Wulandari", "Hartono", "Suryani", "Gunawan", "Maryati"};
static const char *const places[] = {"Watulimo Trenggalek", "Parang Magetan", "Benjeng Gresik",
    "Kalianget Sumenep", "Dampit Malang", "Wlingi Blitar", "Boyolangu Tulungagung", "Papar Kediri",
    "Krian Sidoarjo", "Jambon Ponorogo", "Arosbaya Bangkalan", "Kedungadem Bojonegoro", "Jatirogo Tuban",
    "Wuluhan Jember", "Rogojampi Banyuwangi", "Candipuro Lumajang", "Diwek Jombang", "Pronojiwo Lumajang",
    "Trowulan Mojokerto", "Panggul Trenggalek", "Robatal Sampang", "Proppo Pamekasan", "Grati Pasuruan",
    "Wonosari Bondowoso"};

/* Where %s stands: name, place, name. %u: age. */
struct form {
    const char *text;
    unsigned age_from, age_to;
};

static const struct form forms[] = {
    {"Tetangga saya Pak %s di %s dipasung sudah lama, kakinya dirantai di belakang rumah, umur %u tahun. "
     "Saya lihat "
     "sendiri kemarin. Pelapor %s nomor %u.",
        25, 60},
    {"Mbah %s di %s umur %u tahun hidup sebatang kara, tidak punya keluarga, tidak terurus dan sering tidak "
     "makan. "
     "Mohon dikunjungi. Dari %s, laporan %u.",
        66, 90},
    {"Anak bernama %s di %s umur %u tahun sedang dipukuli bapaknya pakai kayu, dia menangis terus, tolong "
     "segera. Saya %s "
     "tetangganya, rumah nomor %u.",
        7, 15},
    {"Saya Ibu %s di %s umur %u tahun, suami saya memukuli saya sampai luka dan mengusir kami tadi malam. "
     "Anak saya %s "
     "ikut, rumah nomor %u.",
        24, 50},
    {"Ada ODGJ bernama %s di %s umur %u tahun menggelandang tanpa baju, kakinya luka, tidak ada keluarganya. "
     "Dilaporkan %s, "
     "nomor %u.",
        22, 55},
    {"Adik saya %s di %s umur %u tahun mengamuk bawa parang, sekarang mengancam orang serumah, tolong cepat. "
     "Dari %s, "
     "laporan %u.",
        18, 45},
    {"Warga bernama %s di %s menemukan bayi di depan mushola, kira-kira umur %u hari, badannya dingin. "
     "Ditolong Bu %s, rumah "
     "nomor %u.",
        1, 9},
    {"Pak %s di %s umur %u tahun penderita kusta diusir warga dan tidur di luar, kasihan. Tolong, dari %s, "
     "laporan %u.",
        30, 65},
    {"Keluarga Pak %s di %s, umurnya %u tahun, tidak makan dua hari, anaknya banyak dan rumahnya hampir "
     "roboh. Mohon dibantu, "
     "pelapor %s nomor %u.",
        30, 60},
    {"Anak yatim piatu %s di %s umur %u tahun tinggal sendirian setelah neneknya meninggal, tidak ada yang "
     "mengasuh. Dari %s, "
     "nomor %u.",
        7, 14},
};

/* splitmix64: neighbouring numbers give unlike values, the same seed the same series on every machine. */
static unsigned long long mix(unsigned long long x) {
    x += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

static unsigned draw(unsigned long long *state, size_t count) {
    *state = mix(*state);
    return (unsigned)(*state % count);
}

size_t texts_write(char out[TEXTS_MAX], const char *place, unsigned seed, unsigned number) {
    unsigned long long state = (unsigned long long)seed << 32 | number;
    const struct form *form = &forms[draw(&state, COUNT(forms))];
    unsigned age = form->age_from + draw(&state, form->age_to - form->age_from + 1);
    char name[64], reporter[64];
    const char *own_place = places[draw(&state, COUNT(places))];
    snprintf(
        name, sizeof name, "%s %s", firsts[draw(&state, COUNT(firsts))], lasts[draw(&state, COUNT(lasts))]);
    snprintf(reporter, sizeof reporter, "%s %s", firsts[draw(&state, COUNT(firsts))],
        lasts[draw(&state, COUNT(lasts))]);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    int size = snprintf(out, TEXTS_MAX, form->text, name, place ? place : own_place, age, reporter, number);
#pragma GCC diagnostic pop
    return size < 0 ? 0 : size >= TEXTS_MAX ? TEXTS_MAX - 1 : (size_t)size;
}
