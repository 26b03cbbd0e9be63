/* Places on the shipped gazetteer: the rules of reference 9d, one line each. */
#include "services/triage/place.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    struct arena *arena;
    struct spelling *spelling;
    struct gazetteer *gazetteer;
    struct place_index *index;
};

static struct place_index *index_of(const struct fixture *fixture, char *province) {
    char *provinces[] = {province};
    struct error error = {0};
    struct place_index *index = place_index_new(
        fixture->gazetteer, fixture->spelling, provinces, 1, SIGAP_SOURCE_DIR "/deploy/gazetteer", &error);
    if (!index)
        fail_msg("%s", error.text);
    return index;
}

static int setup(void **state) {
    static struct fixture fixture;
    static char province[] = "35";
    struct error error = {0};
    fixture.arena = arena_new(1 << 20);
    fixture.spelling = spelling_new();
    fixture.gazetteer = gazetteer_load(SIGAP_SOURCE_DIR "/deploy/gazetteer", AREA_VILLAGE, &error);
    if (!fixture.gazetteer)
        fail_msg("%s", error.text);
    fixture.index = index_of(&fixture, province);
    *state = &fixture;
    return 0;
}

static int teardown(void **state) {
    struct fixture *fixture = *state;
    place_index_free(&fixture->index);
    gazetteer_free(&fixture->gazetteer);
    spelling_free(&fixture->spelling);
    arena_free(&fixture->arena);
    return 0;
}

static struct place_found find(
    struct fixture *fixture, const char *message, const struct position *position, const char *declared) {
    struct text text;
    struct place_found found;
    arena_reset(fixture->arena);
    assert_true(text_read(fixture->arena, fixture->spelling, message, strlen(message), &text));
    const struct place_names *names = place_names_read(fixture->index, fixture->arena, &text);
    assert_non_null(names);
    assert_true(place_find(fixture->index, fixture->arena, &text, names, position, declared, &found));
    return found;
}

struct expected {
    const char *message, *area;
};

static void areas_check(struct fixture *fixture, const struct expected *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct place_found found = find(fixture, cases[i].message, NULL, NULL);
        if (strcmp(found.area, cases[i].area) != 0)
            fail_msg("\"%s\" is in \"%s\", not \"%s\"", cases[i].message, found.area, cases[i].area);
        assert_int_equal(found.level, area_level(found.area));
    }
}

static void test_names(void **state) {
    static const struct expected cases[] = {
        {"tetangga di watulimo trenggalek dipasung", "35.03.08"},
        {"Kec. Dampit Kab. Malang", "35.07.05"},
        {"kos di kenjeran sby, kecamatan bulak", "35.78.29"},
        {"duduk di masjid Semampir, mau pulang ke ibu di Sampang", "35.78.16"},
        {"angkot arah Bangil di jalur Gempol", "35.14.12"},
        {"Ibu, tolong, ayah di rumah", ""},
        {"ingin pulang ke ponorogo", ""},
        {"di dampit malang", "35.07.05"},
        {"Lowokwaru kota malang", "35.73.05"},
        {"kabupaten malang selatan", "35.07"},
        {"di kota Malang", "35.73"},
        {"Malang kab, tolong", "35.07"},
        {"Kota Kediri", "35.71"},
        {"daerah Sby", "35.78"},
        {"Parang Magetan", "35.20.02"},
        {"bawa parang di jalan", ""},
        {"masuk panti jompo", ""},
        {"Kec. Panti Jember", "35.09.14"},
        {"batu ginjal", ""},
        {"malang benar nasibnya", ""},
        {"rumah makan padang", ""},
        {"di Kota Padang", "13.71"},
        {"desa Sukorejo", ""},                /* 38 villages */
        {"lowongan di parengan", "35.23.09"}, /* a district, and not Pare */
        {"Jl. Surabaya nomor 5", ""},
        {"pelabuhan Ketapang Banyuwangi", "35.10"},
        {"Tegalsari Banyuwangi ya bukan tegalsari surabaya", "35.10.23"},
        {"alun2 kota madiun", "35.77"},
        {"Kerek, penderita kusta dikucilkan warga", "35.23.08"},
        {"Panji, teman saya, dipukul ayahnya", ""},
        {"Sendang? sumur tua itu", ""},
        {"anak kesasar di mall Tunjungan", "35.78.05"}, /* no district of Blora */
        {"Kecelakaan perahu di waduk Selorejo Ngantang", "35.07.27"},
        {"lokalisasi Dolly, satu anak asal Bondowoso", "35.78.06"},
        {"barusan antar penumpang ke Waru Sidoarjo", "35.15.18"},
        {"mau antar ibu ke Waru Sidoarjo", ""},
        {"di kamar jenazah RSUD dr. Soetomo, sudah 9 hari", "35.78.08"},
        {"di rumah sakik M. Djamil", "13.71.02"},
        {"adik dari trenggalek, sekarang terlantar di terminal Ubung", "51.71"},
        {"Lamongan kota", "35.24.22"},
        {"kakak kelas tujuh", ""},
        {"rombongan dari Lombok di terminal Purabaya", "35.15"},
        {"kakek linglung di terminal Arjosari", "35.73"}, /* a district of Pacitan, too */
        {"nenek di RS Saiful Anwar malang", "35.73.02"},
        {"terminal bungurasih sidoarjo", "35.15"},
        {"terminal Gayatri Tulungagung", "35.04"},
        {"gelandangan di taman kota", ""},
        {"saya istri Pak Bambang", ""},
        {"puskesmas mana yang punya obat", ""},
        {"Cak Sarjo kambuh, gowo pacul", ""},
        {"hanya minum air putih tiga hari", ""},
        {"IPWL ada di kota mana saja", ""},
        {"orang dipasung di gubuk kebun tebu itu", ""},
        {"keluarganya di Ambon tidak bisa datang", ""},
        {"dipulangkan lewat Batam minggu depan", ""},
        {"tolong pak Dampit Malang banjir", "35.07.05"},
        {"dua kali tidak kontrol sebab ongkos. lubuk sikaping", "13.08.05"},
        {"Dikurung di Situjuah, tolong", "13.07.10"},
        {"Prenduan ada orang stres bakar rumah", "35.29.11"},
        {"kebakaran di Tarakan, Kalimantan Utara", "65.71"},
        {"longsor di Sentani Jayapura", "91.03.01"},
        {"KAMI BUTUH BERAS DAN OBAT, ANAK SAKIT", ""}, /* capitals tell nothing: Butuh is a district */
        {"NENEK DI PANTI JOMPO TIDAK DIBERI MAKAN TERIAK TERIAK", ""},
        {"TOLONG PAK ADA ORANG DIPASUNG DI KEC DAMPIT KAB MALANG", "35.07.05"},
        {"laki rumahnyo tiris, anak tigo", ""},
        {"wong ngamuk gowo bendo", ""},
        {"di haruyan kab hulu sungai tengah", "63.07.01"},
        {"di hulu sungai ada mayat", ""},
        {"di mesuji kab ogan komering ilir",
            "16.02.04"}, /* "kab" belongs to what follows, and Mesuji is one too */
        {"ada orang Kab. Blitar kehabisan ongkos di Kab. Probolinggo", "35.13"},
        {"terlantar di Kauman Ponorogo mau pulang ke Kab. Mojokerto", "35.02.12"},
        {"ingin pulang ke kab. ponorogo", ""},
        {"Sudah ga bisa visum kah? Pagu Kediri", "35.06.11"},
        {"TKW asal Gondang Nganjuk disiksa majikannya di Malaysia", "35.18.17"},
        {"saya kerja di Surabaya, ibu saya di Kauman Tulungagung sakit sendirian", "35.04.05"},
        {"sakit di Ds. Sidomulyo Bancar Tuban", "35.23.04"}, /* of five Sidomulyo in Tuban */
        {"sakit di Kauman Ponorogo", "35.02.12"}, /* not the village Kauman of the district Ponorogo */
        {"sakit di Desa Pakuniran", ""},          /* a district, and villages in others */
        {"Kades Jatibanteng: banjir bandang", "35.12.01"},
        {"sakit di Jl. Kauman Ponorogo", "35.02"},
        {"sakit di jl kauman ponorogo", "35.02"},
        {"dicekik di pinggir jalan Geger Madiun", "35.19.03"},
        {"Kec: Wajak, Kab: Malang", "35.07.08"}, /* a form */
        {"Kecamatan : Tongas\nKabupaten : Probolinggo", "35.13.23"},
        {"tidak makan tiga hari di Wajak Malang", "35.07.08"}, /* what is denied is the eating */
        {"tidak di Wajak Malang", ""},
        {"Tongas? bukan, di Dringu Probolinggo", "35.13.19"},
        {"lapor, ada Panti yang mengurung lansia", ""}, /* a capital alone is no proof of a word */
        {"Pengurus memukul anak di Panti Asuhan Harapan", ""},
        {"Batu, pasir, semen sudah ada, tinggal tukangnya", ""},
        {"Parang panjang diayunkan tetangga", ""},
        {"ditemukan di Taman Bermain Ceria", ""},
        {"Bagor Prasetyo belum punya akta", ""},
        {"adik saya Sekar dikurung", ""},
        {"istri Pak Kediri dikurung", ""},
        {"Pak Lumajang itu panggilan guru saya", ""},
        {"Ustad Bondowoso memukul santri", ""},
        {"tolong Pak Lumajang banjir", "35.08"},
        {"Malam Bu, Kediri Kota banjir", "35.71"},
        {"jual ayam goreng Padang", ""},
        {"perumahan Bangil Indah", ""},
        {"Banjir Bangil Makin Parah", "35.14.14"},
        {"Nganjuk Sugianto, lahir 1950, minta masuk panti", ""},
        {"Kec. Dampit Lansia umur 80 sendirian", "35.07.05"},
        {"Tanjung, bunga kesukaan ibu", ""}, /* and no Tanjung Bunga */
        {"keripik tempe malang pesanan saya", ""},
        {"bayi ditinggal di Pasar Turi", "35.78.13"},
        {"bayi dibuang di purwosari jawa timur", ""}, /* two of them */
        {"bayi dibuang di Kranggan, Jawa Tengah", "33.23.13"},
        {"", ""},
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
}

/* What is written like a place, or shortened to one, and is something else. */
static void test_no_names(void **state) {
    static const struct expected cases[] = {
        {"kapan BLT cair, uang blt dipotong", ""}, /* aid in cash, and Blitar */
        {"petugas pmk belum datang", ""},          /* the fire brigade, and Pamekasan */
        {"Kec. Kanigoro, Kab. Blt", "35.05.10"},
        {"Pmk. ada banjir", "35.28"},
        {"puskesmas suruh tunggu Senin", ""},
        {"puskesmas Suruh Trenggalek", "35.03.14"},
        {"cuci tiga kali baru hilang", ""},
        {"di kali baru banyuwangi", "35.10.11"},
        {"dua tewas di ibu kota", ""},
        {"dipulangkan tanggal 5 Juli", ""}, /* a district of Aceh */
        {"Lek Sarjo kambuh", ""},
        {"Mbah Pacitan linglung di masjid", ""},
        {"Pak Agam memukul istrinya", ""},       /* a regency of West Sumatra, too */
        {"Baru, tadi pagi ada orang jatuh", ""}, /* and no Barru */
        {"mau nanya syarat panti asuhan, saya dari Sumbersari Jember", "35.09.21"},
        {"Yth Dinsos Kab. Jombang, mohon bantuan kudu lewat siapa", "35.17"},
        {"Yth Dinsos Kab. Jombang. Kudu lewat siapa?", "35.17"},
        {"saya di Mlarak Kab. Ponorogo, tadi balong kami jebol", "35.02.08"},
        {"Brondong: anak ditinggal ibu ke Taiwan", "35.24.07"},
        {"istri selingkuh sama brondong", ""},
        {"di bantaran kota banyak gelandangan", ""},
        {"rujak cingur surabaya enak", ""},
        {"diikat di pohon ketapang", ""},
        {"bayi kembar dampit", ""},
        {"sampun sapeken mboten dhahar", ""},
        {"lapor dari Sapeken, ada yang dirantai", "35.29.25"},
        {"Remaja Ngelem Di Taman", ""},
        {"banjir bengawan solo", ""},
        {"nenek di purwosari solo", "33.72.01"}, /* a quarter there, districts here */
        {"di dusun tengah ada orang dipasung", ""},
        {"di kebon jeruk mbah ada ular", ""},
        {"di Kebon Jeruk ada anak disekap", "31.73.05"},
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (find(*state, cases[i].message, NULL, NULL).candidate_count)
            fail_msg("\"%s\" is asked about", cases[i].message);
}

/* Where it happened, and not where somebody is from, bound for, works or told it. */
static void test_roles(void **state) {
    static const struct expected cases[] = {
        {"bapak asal Kec. Wajak Kab. Malang tidur di pasar Jombang", "35.17"},
        {"KTP Kec. Wajak, Kab. Malang, sekarang menggelandang di Tongas Probolinggo", "35.13.23"},
        {"KTP-nya Lumajang, orangnya di Jombang", "35.17"},
        {"dulu tinggal di Lumajang, pindah ke Jombang, di sini suaminya kasar", "35.17"},
        {"ibu saya di Wajak Malang sendirian, saya kerja di Surabaya", "35.07.08"},
        {"saya di Jakarta, nenek saya di Tongas Probolinggo jatuh", "35.13.23"},
        {"Dinsos Kab. Lumajang menerima laporan: anak dipukuli di Jombang", "35.17"},
        {"dirujuk ke RSJ Menur Surabaya, keluarga di Tongas Probolinggo menolak", "35.13.23"},
        {"mau diantar pulang ke Kec. Wajak Kab. Malang", ""},
        {"naik bus jurusan Lumajang-Jombang, turun di Tongas Probolinggo", "35.13.23"},
        {"kakek linglung, logatnya Lumajang", ""},
        {"motornya plat Jember", ""},
        {"kiriman dari Jember sudah kami terima", ""},
        {"bus surabaya semarang menurunkan nenek pikun", ""},
        {"bapak dirawat di RS Surabaya, anaknya masih kecil di Magetan", "35.20"},
        {"anak asal Lumajang", "35.08"}, /* nothing better is named */
        {"lapor dari Lumajang, ada bapak orang Jombang mengamuk", "35.08"},
        {"lansia linglung, mengaku dari Kudus", ""},
        {"kakek nyasar, ngakunya dari Lamongan", ""},
        {"nenek di pasar baru Tuban menyebut Rengel", "35.23.15"},
        {"korban kuliah di Jombang, pelaku dari Lumajang", "35.17"},
        {"anaknya tidak sekolah sejak pindah dari Lumajang", ""},
        {"lukanya dari penitipan anak di Krian, sejak pulang dari sana menangis", "35.15.11"},
        {"adik saya mau dibawa di Surabaya besok", ""},
        {"saya harus kembali ke Surabaya", ""},
        {"simbah kesasar, badhe dhateng Surabaya", ""},
        {"dijemput dari panti Magetan, balik ke Geneng Ngawi dan dikurung", "35.21.05"},
        {"saya di Blora kabupaten, ktp kami masih bojonegoro", "33.16"},
        {"laka di tol Solo-Ngawi", "35.21"},
        {"saya di Sampang, ustad dari Sumenep yang mengajar di Palengaan Pamekasan cabul", "35.28.06"},
        {"kakek dari rombongan ziarah tertinggal di Kabupaten Kendal, asal Lumajang", "33.24"},
        {"hendak dijual ke orang Surabaya", ""},
        {"mbah sendirian, anake nang Surabaya", ""},
        {"lansia hilang dari rumah anaknya di Tuban", "35.23"},
        {"anaknya di Jakarta, yang di Batam juga tidak bisa datang", ""},
        {"Ketapang pak, suaminya tidak jelas di Denpasar", "35.27.12"},
        {"anak kos sakau, orang tuanya di Mentawai", ""},
        {"dicari gadis buat kerja di kafe Batam", ""},
        {"adik saya dari Blitar kerja di kafe Batam, tidak boleh pulang", "21.71"},
        {"kakak saya kerja di Badung dipukuli bosnya. Saya di Lumajang", "51.03"},
        {"saya dari Cilacap, dompet hilang di bus", ""}, /* stranded somewhere here */
        {"dompet hilang di kereta, rumah di Cilacap", ""},
        {"denpasar, orang banyuwangi kecelakaan", "51.71"},
        {"batam kak, aku dikurung. aku anak jember", "21.71"},
        {"dari malang ke Batu, di alun2 batu ada anak hilang", "35.79"},
        {"mbahe bingung, jare teko Purwokerto", ""},
        {"Mas Jember panggilannya, tidak tahu siapa", ""},
        {"lagu yang judulnya Surabaya", ""},
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
}

/* A district in small letters that is also a word: an address whose regency is named too is the place. */
static void test_addresses_in_small(void **state) {
    static const struct expected cases[] = {
        {"mau tanya ke dinsos kab ngawi, bawa apa saja? rumah di geneng", "35.21.05"},
        {"kakak kerja di toko roti tuban tidak digaji, tidur di gudang. lokasinya soko, tolong", "35.23.11"},
        {"mau tanya ke dinsos kab ngawi, rumah di geneng dijual", ""}, /* not an address */
        {"lokasinya kunir, tolong", ""},                               /* turmeric */
        {"Cucu di Lenteng dipukuli, sudah lapor polres sumenep", "35.29.07"},
        {"suami mengamuk di Gondang, yang luka dibawa ke RSUD Nganjuk", "35.18.17"}, /* one of four */
        {"suami mengamuk di Gondang, yang luka dibawa ke rumah", ""},
        {"ibu sakit, mau minta kursi roda. dari Kertosono bu, Nganjuk barat", "35.18.08"},
        {"lokasi tambak dalam, cepat. tambak pinggir jalan", ""},
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
}

/* A message that ends with its place, in a sentence of its own. */
static void test_signatures(void **state) {
    static const struct expected cases[] = {
        {"atap rumah roboh kena angin, mohon bantuan terpal. sambit", "35.02.04"},
        {"Atap rumah roboh kena angin, mohon bantuan terpal. Sukun", "35.73.04"},
        {"atap rumah roboh kena angin, mohon bantuan terpal sambit", ""}, {"butuh apa? terpal. genteng", ""},
        {"rumah roboh kena angin, butuh bantuan. terpal. paku. wates", ""},
        {"bapak pegang senjata tajam di teras. Parang", ""},
        {"rumah roboh kena angin, mohon bantuan terpal. Padang", ""}, /* the city signs so, too */
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
}

/* On the border of two, in one of them; and what is named after the place it stands in. */
static void test_landmarks_tell_twins(void **state) {
    static const struct expected cases[] = {
        {"buruh pabrik di Ngoro, sebelah NIP, jatuh dari atap", "35.16.05"},
        {"buruh pabrik di Ngoro jatuh dari atap", ""}, {"warga Ngoro punya NIP palsu", "35.16.05"},
        {"ibu melahirkan di Gayam, kampung sebelah sumur minyak", "35.22.28"},
        {"ibu melahirkan di Gayam", ""},
        {"sumur minyak meledak, dua luka", ""}, /* a hint alone is no place */
        {"anak hilang di Karangrejo TA", "35.04.08"}, {"anak hilang di karangrejo ta pak", ""},
        {"ada yang pingsan di Jalan Dhoho Kediri", "35.71.02"},
        {"ada yang pingsan di jl ijen malang", "35.73.02"}, {"ada yang pingsan di Malang", ""},
        {"peziarah jatuh di Wonosari arah Gunung Kawi", "35.07.32"},
        {"rumah roboh di Wates, lereng Kelud", "35.06.06"}, {"rumah roboh di Wates", ""},
        {"pengemis di Gandusari, dekat Candi Penataran", "35.05.15"},
        {"perahu karam di Kalipare, dekat Waduk Karangkates", "35.07.11"}, /* in Sumberpucung */
        {"santri pondok Lirboyo demam tinggi", "35.71.01"},
        {"rumah dekat pabrik gula Cukir roboh", "35.17.08"},
        {"kakek tidur di rest area km 626 Madiun", "35.19"}, {"di Jalan Tebuireng ada lubang", ""},
        {"pengemis di RS Sardjito", "34.04"}, {"penumpang telantar di stasiun Tanah Abang", "31.71"},
        {"bayi menangis di Tugu Pahlawan", "35.78.13"}, {"tugu pahlawan kecil di kampung kami retak", ""},
        {"bekas pasien Sumberglagah minta kaki palsu", ""}, /* they come from everywhere */
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

static void test_words_that_are_said_to_be_places(void **state) {
    static const struct expected cases[] = {
        {"omah pagu kobong", ""},
        {"anakku dikurung bapaknya. omah pagu", "35.06.11"},
        {"bayi ditinggal di rumah manukan tandes", "35.78.14"},
        {"mobil terguling di jalan raya lawang", "35.07.25"},
        {"pintu dan lawang rusak", ""},
        {"Tiris longsor lagi, jalan putus", "35.13.07"},
        {"longsor di ngebel, jalan putus", "35.02.19"},
        {"longsor di sawah, jalan putus", ""},
        {"batu longsor menimpa dapur", ""},
        {"padas longsor menimpa dapur", ""},
        {"warga sini di paron minta obat", "35.21.10"},
        {"anak kami di pesantren kilat demam", ""},
        {"buruh disekap di waru, dekat bandara juanda", "35.15.18"},
        {"pengamen di kec. taman kota madiun", "35.77.03"},
        {"cucu saya di Kec. Kota Kediri", "35.71.02"},
        {"cucu saya di Kota Kediri", "35.71"},
        {"antre dari subuh di rsud pare", "35.06"},
        {"antre dari subuh, pare pahit", ""},
        {"galodo di talamau, tolong", "13.12.04"},
        {"sidang di kejaksaan besok", ""},
        {"gelandangan di alun2 kertosono", "35.18.08"},
        {"perahu karam di pantai Munjungan", "35.03.02"},
        {"ada bayi di bawah jembatan mojoroto", "35.71.01"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

static void test_home_and_not_the_way(void **state) {
    static const struct expected cases[] = {
        {"jenazah PMI asal Puger tiba di Juanda besok sore, minta ambulans", "35.09.08"},
        {"anak menangis di bandara Juanda, asal Puger", "35.15"},
        {"RSJ Lawang telepon, kakak boleh pulang. Rumah kami di Babat", "35.24.05"},
        {"orang tua saya di Lawang, saya sendiri di Bekasi. Bapak jatuh", "35.07.25"},
        {"istri lari ke Jakarta Timur. Saya di Kediri. Anak saya dipukuli di sana", "31.75"},
        {"kakek dari Blitar nyasar ke Tumpang malang", "35.07.16"},
        {"wong wadon turu ning Ngunut, jarene seko Blitar", "35.04.11"},
        {"bebas dari penjara pulang ke Perak, Jombang tapi warga menolak", "35.17.01"},
        {"dipecat di Cikarang, sekarang pulang ke rumah mertua di Kecamatan Parang", "35.20.02"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

static void test_whom_it_is_about(void **state) {
    static const struct expected cases[] = {
        {"Penelepon dari Gresik. Ibunya di Nganjuk, 80 tahun, pikun, pintu terbuka terus", "35.18"},
        {"aku ngekos di surabaya. mbahku nang Pronojiwo dirantai omku", "35.08.02"},
        {"mas saya di sby, bude saya di tulakan pacitan dikurung anaknya", "35.01.10"},
        {"kakak ipar di Lenteng dipukuli suaminya, kami di Surabaya", "35.29.07"},
        {"keponakan saya di Bangil dicabuli gurunya, saya tinggal di Malang kota", "35.14.14"},
        {"adiknya di Batam, ibunya stroke sendirian di rumah", ""},
        {"bapak saya dulu kerja di Gresik, sekarang sakit di kampung", ""},
        {"saya kerja di Denpasar, kamar sebelah orang Lumajang dipukuli bosnya", "51.71"},
        {"kakak saya TKW ditahan majikan, keluarga di Wonogiri", "33.12"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

static void test_short_ways_to_say_where(void **state) {
    static const struct expected cases[] = {
        {"ngebel po, cedek telaga, mbah gering", "35.02.19"},
        {"mbah gering, ora duwe duit po", ""},
        {"sukorejo pas kab, buruh disekap di mess", "35.14.09"},
        {"paron - kader lapor balita kurus", "35.21.10"},
        {"paron dan palu dicuri", ""},
        {"kakek pingsan di stasiun lawang", "35.07"},
        {"nenek mengemis di alun2 lumajang", "35.08.10"}, /* a village is called Alun-Alun */
        {"tana mera bangkalan pak, orang dipasung", "35.26.13"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* Whoever adds a line and mistypes its code, or its second tab, is told. */
static void test_every_landmark_is_somewhere(void **state) {
    struct fixture *fixture = *state;
    char line[256];
    size_t count = 0;
    FILE *file = fopen(SIGAP_SOURCE_DIR "/deploy/gazetteer/landmarks.tsv", "re");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        struct place place;
        char *code, *kind;
        if (line[0] == '#')
            continue;
        line[strcspn(line, "\n")] = 0;
        code = line + strcspn(line, "\t");
        kind = *code ? code + 1 + strcspn(code + 1, "\t") : code;
        bool known = strcmp(kind, "\thint") == 0 || strcmp(kind, "\tproper") == 0;
        if (!*code || (*kind && !known))
            fail_msg("\"%s\" is no landmark, tab and code", line);
        *kind = 0;
        if (!gazetteer_find(fixture->gazetteer, code + 1, &place) || place.level < AREA_REGENCY ||
            place.level > AREA_DISTRICT)
            fail_msg("\"%s\": no regency or district has the code %s", line, code + 1);
        count++;
    }
    fclose(file);
    assert_true(count > 1000);
}

static void test_which_of_two(void **state) {
    static const struct expected cases[] = {
        {"rumah kami di batas Maron sama Banyuanyar, masuknya Maron", "35.13.17"},
        {"di perbatasan Babat - Kedungpring, ikut wilayah Babat", "35.24.05"},
        {"posko pindah ke GOR Sukun, masih kurang selimut", "35.73.04"},
        {"mbah ketiban kayu nang alas Balen", "35.22.13"},
        {"Satpam Pelabuhan Jangkar: dua penumpang dari Sapeken kehabisan bekal", "35.12.12"},
        {"tidur tanpa alas kaki di teras", ""},
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
}

/* Short names of regencies, which are words, schools or buses without "kab" before them. */
static void test_short_regencies(void **state) {
    static const struct expected cases[] = {
        {"lansia sakit di wates kab kdr", "35.06.06"},
        {"banjir di kab. pas", "35.14"},
        {"Kota Pas, kelurahan Kebonsari", "35.75.04"},
        {"kec manding kab smp", "35.29.03"},
        {"kab. Po kec. Sawoo", "35.02.05"},
        {"kec. Soko kab tban", "35.23.11"},
        {"dolopo mdn banjir", "35.19.02"},
        {"pas banjir saya di rumah", ""},
        {"pas Purwosari banjir saya di rumah", ""},
        {"anak smp dipukul", ""},
        {"bus po rosalia mogok", ""},
        {"di pelabuhan tg perak", ""},
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
}

/* Where somebody lived, studied or was held before, and where it happens now. */
static void test_former_places(void **state) {
    static const struct expected cases[] = {
        {"dulu keluarga kami ngontrak di Rogojampi Banyuwangi, sekarang di Kalipuro, tetangga memukuli "
         "anaknya",
            "35.10.21"},
        {"Dulu saya tinggal di Lumajang. Sekarang di Jombang, suami main tangan", "35.17"},
        {"semula korban dititipkan di Prigen, lalu disekap di kos di Trawas", "35.16.04"},
        {"awalnya dijemput di Lekok, kemudian dilecehkan di Kertosono", "35.18.08"},
        {"lulusan SMK Jember dipukuli majikannya di rumah, Tongas", "35.13.23"},
        {"sudah kembali ke keluarga di Kec. Tempeh Kab. Lumajang, sebelumnya ditemukan di Jombang",
            "35.08.05"},
        {"mau kembali ke keluarga di Kec. Tempeh", ""},
        {"remaja dikurung di rumah orang tuanya di Binangun Blitar, sekolah di Malang", "35.05.16"},
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
}

/* A road is called after its ends. */
static void test_roads(void **state) {
    static const struct expected cases[] = {
        {"kakek ditabrak di Jl Raya Surabaya - Malang", ""},
        {"ada kecelakaan di jalan Madiun-Ngawi", ""},
        {"nenek sering duduk di Jl Raya Surabaya-Malang, depan pasar Singosari", "35.07.24"},
        {"nenek sering duduk di Jl Raya Malang-Blitar, depan warung di Kesamben", "35.05.19"},
        {"ada anak di jalan raya Ngawi", "35.21"},
        {"di jalan Surabaya nomor 5 Kota Malang ada nenek dirantai", "35.73"},
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
}

/* Where the teller works, lives or is from, and what he saw elsewhere. */
static void test_tellers(void **state) {
    static const struct expected cases[] = {
        {"saya sopir truk Lumajang, melihat anak dipukuli di pasar Ngunut", "35.04.11"},
        {"saya kurir Jombang, antar barang ke Ngunut lihat anak dirantai", "35.04.11"},
        {"saya lihat di ig, kalau ke Surabaya lihat anak jalanan", ""},
        {"saya perawat Lumajang, minta info", "35.08"},
        {"lokasine nang cedak pasar Ngunut, aku dewe nang Blitar kota", "35.04.11"},
        {"TKP di Ngunut, rumah saya di Kab. Lumajang", "35.04.11"},
        {"tadi saya bilang Turen, ralat, yang benar Dampit", "35.07.05"},
        {"Saya tinggal di Kauman Tulungagung. Adik saya disekap bosnya, lokasinya tidak jelas", ""},
        {"kami di Wajak Malang, kakak saya dijual orang, tidak tahu di mana", ""},
        {"saya di Wajak Malang. Adik dikurung suaminya. Saya tidak tahu lapor ke mana", "35.07.08"},
        {"pria beridentitas Jombang tertidur di Kertosono", "35.18.08"},
        {"lansia ber-KTP Sidoarjo ditemukan di Desa Tunggulwulung", ""},
        {"lansia ber-KTP Sidoarjo ditemukan tertidur", "35.15"},
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
}

/* A name that is a district elsewhere and only a village here: one of the two, and nobody knows which. */
static void test_village_here_district_elsewhere(void **state) {
    static const struct expected cases[] = {
        {"warga Jatisari gempar, ada bayi di pos ronda", ""}, {"di Sumberjaya ada kakek yang dirantai", ""},
        {"di Sumberjaya Majalengka ada kakek yang dirantai", "32.10.17"},
        {"di kecamatan Sumberjaya ada kakek yang dirantai", "32.10.17"},
        {"di Sumberjaya, Jawa Barat ada kakek yang dirantai", "32.10.17"},
        {"di Lubuk Sikaping ada kakek yang dirantai", "13.08.05"}, /* and no village here */
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
}

/* Where somebody is from says less than where he is, where he was missed and who keeps him. */
static void test_origins(void **state) {
    static const struct expected cases[] = {
        {"bapak itu asline Ngawi, nang Dolopo digebuki", "35.19.02"},
        {"nenek kelahiran Pacitan jatuh di pasar Jombang", "35.17"},
        {"perantau Lamongan ditabrak di Wonoayu", "35.15.10"},
        {"saya asli Turen, mau tanya bansos", "35.07.09"},
        {"saya asli Lawang Malang, mau tanya bansos", "35.07.25"},
        {"nenek pergi dari panti di Dringu belum kembali, asli Lumajang", "35.13.19"},
        {"anak hilang dari kos di Dringu, ditemukan di Wajak Malang", "35.07.08"},
        {"anak saya di mertua di Ngunut tidak diberi makan, saya asal Kertosono Nganjuk", "35.04.11"},
        {"Saya asal Kertosono Nganjuk. Bayi dititipkan ke mertua di Ngunut, dicubit terus", "35.04.11"},
        {"mau dititipkan ke mertua di Ngunut", ""},
        {"adik kursus jahit di Bangil. Alamat asal kami di Kertosono Nganjuk", "35.14.14"},
        {"bapak kerja serabutan di Lumajang. Kami di Wajak, Malang", "35.07.08"},
        {"pabrik tutup, sekarang pulang ke rumah mertua di Kec. Parang", "35.20.02"},
        {"mau pulang ke rumah mertua di Kec. Parang", ""},
        {"adik kuliah di Sleman depresi. Saya orang Ngawi", "34.04"},
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
}

/* Who has boarded is at neither end of the line. */
static void test_on_the_way(void **state) {
    static const struct expected cases[] = {
        {"nenek naik bus dari Ngawi menuju Surabaya, dompetnya hilang", ""},
        {"nenek naik bus dari Ngawi tujuan Surabaya, pingsan di terminal Purabaya", "35.15"},
        {"istri naik motor dari Dampit mau ke Turen, kecelakaan", "35.07.05"}, /* of one regency */
        {"nenek naik bus dari Ngawi, dompetnya hilang", "35.21"},              /* nothing better is named */
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
}

/* Large cities elsewhere, as people shorten them; what is also a word only behind kab or kota. */
static void test_cities_elsewhere(void **state) {
    static const struct expected cases[] = {
        {"nenek asal Ngawi terlantar di halte Jogja", "34.71"},
        {"banjir di Sleman Jogja", "34.04"},
        {"anak dikurung di Tangsel", "36.74"},
        {"bayi ditemukan di Dps", "51.71"},
        {"kakek tidur di kota Smg", "33.74"},
        {"kakek tidur di kab bgr", "32.01"},
        {"smg cepat dibantu, mks", ""},
        {"gudeg Jogja di ruko itu enak", ""},
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
    struct place_found found = find(*state, "bayi ditemukan di Bdg", NULL, NULL);
    assert_string_equal(found.area, ""); /* a city and a regency */
    assert_int_equal(found.candidate_count, 2);
}

/* What somebody saw in the news and is afraid of has not happened to him. */
static void test_news(void **state) {
    static const struct expected cases[] = {
        {"baca berita longsor di Garut jadi cemas, susah makan", ""},
        {"nonton tiktok banjir di Lumajang, saya jadi panik terus", ""},
        {"yang viral di Bangkalan itu bikin saya takut keluar rumah", ""},
        {"baca berita longsor di Garut jadi cemas. Saya di Dringu, bisa konsultasi?", "35.13.19"},
        {"lihat video anak dipukuli di Lumajang, tolong diselamatkan", "35.08"},
        {"lihat video anak dipukuli di Lumajang, saya takut dia mati", "35.08"},
        {"lihat berita longsor Garut bikin gelisah", ""},
        {"lihat berita longsor di Garut, kasihan sekali", "32.05"},
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
}

/* Everybody goes to the office of his own regency. */
static void test_own_office(void **state) {
    static const struct expected cases[] = {
        {"kemarin kami ke dinsos Lumajang urus kursi roda, antri", "35.08"},
        {"saya mau ke dinas sosial kab. Lumajang, bawa apa saja?", "35.08"},
        {"saya ke dinsos kab Lumajang, nenek dipasung di Dringu", "35.13.19"},
        {"minta diantar ke dinsos kab Lumajang", ""},
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
}

/* Javanese "nang" is both "at" and "to". */
static void test_destinations(void **state) {
    static const struct expected cases[] = {
        {"mas iku arep nang Sapeken, gak ono kapal", ""},
        {"arep budal nang Surabaya, duwite entek", ""},
        {"kakek tujuannya Lumajang, kehabisan ongkos", ""},
        {"anakku nang Sapeken lara", "35.29.25"},
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
}

/* Who is called like a place, in small letters too; whom the message calls is none. */
static void test_people_in_small(void **state) {
    static const struct expected cases[] = {
        {"mbah kalianget sakit", ""},
        {"rumah pak wajak roboh", ""},
        {"pakde ngunut telantar", ""},
        {"Bude Mayang suka memukul cucunya", ""},
        {"bu turen suka memukul anaknya", ""},
        {"tolong pak gempol banjir", "35.14.12"},
        {"mbah di gempol sendiri", "35.14.12"},
        {"mbah watulimo trenggalek dipasung", "35.03.08"},
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
}

/* Of places of one name: the one beside which another of its regency is named, or that is written so. */
static void test_twins_beside(void **state) {
    static const struct expected cases[] = {
        {"di Panti, Rao Selatan ada kakek sendirian. Rumahnya di nagari Panti", "13.08.07"},
        {"banjir di Geger, dekat Dolopo", "35.19.03"},
        {"banjir di Cermee", "35.11.15"},
        {"Desa Kauman, Ngunut", "35.04.11"},
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
}

/* "Nganjuk apa Jombang": who does not know which is asked about both. */
static void test_one_of_two_stays_two(void **state) {
    struct place_found found =
        find(*state, "di pertigaan, masuk Nganjuk apa Jombang saya tidak tahu", NULL, NULL);
    assert_string_equal(found.area, "");
    assert_int_equal(found.candidate_count, 2);
    found = find(*state, "antara Kediri atau Nganjuk, saya lupa", NULL, NULL);
    assert_string_equal(found.area, "");
    assert_int_equal(found.candidate_count, 3); /* Kediri is two */
    assert_string_equal(find(*state, "di Kertosono, masuk Nganjuk apa Jombang", NULL, NULL).area, "35.18.08");
}

/* Misspelt by a letter, in two words or in one, and villages in small letters beside their parent. */
static void test_days_behind_names_and_where_tellers_are(void **state) {
    static const struct expected cases[] = {
        {"tayang di bioskop Tuban Jumat ini", "35.23"},
        {"orang gila di pasar Dampit Minggu pagi ngamuk", "35.07.05"},
        {"di rumah warga Rogojampi Kamis dini hari", "35.10.13"},
        {"ada orang gila di pasar Dampit Mohon segera ditangani", "35.07.05"},
        {"korban di dekat masjid Wlingi Rt 03 butuh bantuan", "35.05.17"},
        {"kemarin saya ke pasar Dampit ada nenek tidur di lantai", "35.07.05"},
        {"tadi ke alun-alun Tulungagung, ada pengemis bawa bayi", "35.04.01"},
        {"besok saya mau ke pasar Dampit, ada sapi dijual", ""},
        {"teman di perumahan Bangil Indah", ""}, /* a second part of a name all the same */
        {"Bu, saya kader di Jember. Tetangga mamak saya di Alahan Panjang Lembah Gumanti, sendirian",
            "13.02.04"},
        {"obat habis di Dampit. Saya guru tapi lagi di Surabaya", "35.07.05"},
        {"saya bidan di Kalipare, pasien saya dipukul", "35.07.11"},
        {"kabar dari mamanya murid saya di Pagai Selatan, obat habis. Saya guru tapi lagi di Padang",
            "13.09.10"},
        {"saya barusan keluar dari lapas Lumajang, tadi telpon kakak di Sidoarjo katanya jangan pulang",
            "35.08"},
        {"saya baru bebas dari lapas Porong, sekarang tidur di emperan pasar Kepanjen", "35.07.13"},
        {"permohonan kursi roda dari Solok Selatan yang saya kirim", "13.11"},
        {"disuruh bikin surat pengantar ke KUA Tlogosari Bondowoso", "35.11.03"},
        {"tadi siang saya diantar ojek ke Bantur, ada ibu diikat", "35.07.03"},
        {"minta diantar ke Bantur", ""},
        {"kami 8 relawan siap ke Candipuro lumajang", "35.08.03"},
        {"kami tim SAR siap turun ke Senduro", "35.08.12"},
        {"saya siap ke Malang kalau dipanggil", ""},
        {"Area Gresik, Lamongan, Bojonegoro. Survei gratis", ""},
        {"melayani Surabaya, Sidoarjo, Gresik dan Lamongan", ""},
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
}

static void test_written_twice_and_in_front_of_a_sentence(void **state) {
    static const struct expected cases[] = {
        {"di rumah. Gulukguluk Sumenep", "35.29.09"},
        {"di Guluk-Guluk Sumenep", "35.29.09"},
        {"di Selok Awar-Awar Lumajang ada ibu diikat", "35.08.04"},
        {"urip dhewe. Ngebel, dhukuhe munggah", "35.02.19"},
        {"atap rumah bocor. Pasean, lansia sendirian", "35.28.13"},
        {"atap rumah bocor. Taman, lansia sendirian", ""},
        {"nan indah baso. Salam dari Sungai Pua Agam", "13.06.12"},
        {"adiak ambo di Baso kanai tangan", "13.06.08"},
        {"lapor dari simalegi siberut barat. ibu hamil", "13.09.05"},
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
}

/* Beside what happened: where who tells is, or whom it is not about; where it has come already. */
static void test_aside_of_the_event(void **state) {
    static const struct expected cases[] = {
        {"kakak ambo di Unggan, Sumpur Kudus dipukua lakinyo. Ambo di rantau, di Malang, cuma bisa nelpon",
            "13.03.09"},
        {"Penelepon kemenakan, tinggal di Pekanbaru. Mamaknya dipasung di gubuk di Bidar Alam, Solok Selatan",
            "13.11.04"},
        {"Penelepon perempuan 34 th, tinggal di Plaosan Magetan", "35.20.07"},
        {"leher saya dicekik. Pakandangan, Enam Lingkung. Uda saya di Malang suruh lapor ke sini",
            "13.05.17"},
        {"Anaknya (6) di Denpasar dipukuli. Ibu berada di Jombang dan tidak dapat menuju ke sana.", "51.71"},
        {"di Sampang sudah turun, di Sumenep saya belum", "35.29"},
        {"di Tuban sudah turun, di Rengel saya belum", "35.23.14"},
        {"saya antar pasien pulang ke Krembung, ada mbah putri jatuh. Anak kandungnya di Batam.", "35.15.03"},
        {"uangnya buat perempuan lain di Kediri. Anak saya menangis. Pagerwojo. Saya mau nuntut", "35.04.06"},
        {"selingkuhannya di Kediri. Anak saya menangis. Pagerwojo. Saya mau nuntut", "35.04.06"},
        {"antar ibu ke Sawahan Nganjuk, adiknya pulang dari Hongkong besok sore turun Juanda", "35.18.01"},
        {"dideportasi, turun di Juanda jam 3 pagi, masih di bandara", "35.15"},
        {"Kuli di Kalimas cerita, di kampungnya Sumenep katanya ada orang dirantai", "35.29"},
        {"Satpol PP Kota Probolinggo menyerahkan perempuan ODGJ 25 th dari pelabuhan Mayangan, Kec. Mayangan",
            "35.74.03"},
        {"Dinsos Kota Probolinggo menyerahkan perempuan dari Sampang", "35.74"},
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
}

/* Who heads a message; who is from somewhere, and nothing else is named. */
static void test_from_there_and_nowhere_else(void **state) {
    static const struct expected cases[] = {
        {"Nenek dari Padang Panjang Barat: putrinya akan berpisah minggu depan", "13.74.02"},
        {"Nenek dari Sampang: ditemukan di terminal Bungurasih", "35.15"},
        {"kakek dari Sijunjung dipasung keluarganya", "13.03"},
        {"kakek dari Kab. Sijunjung dipasung keluarganya", "13.03"},
        {"kakek dari Sijunjung terlantar di terminal Bungurasih", "35.15"},
        {"kakek dari Sijunjung terlantar, tidak bisa pulang", ""},
        {"bayi kakakku ditaksir juragan dari Jakarta", ""},
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
}

/* Where who tells is by now, and the word and help of others elsewhere. */
static void test_by_now_and_elsewhere(void **state) {
    static const struct expected cases[] = {
        {"Saya masih di Brebes. Kakek dirantai di Dampit", "35.07.05"},
        {"Saya sekarang sudah di Tuban. Kakek dirantai di Dampit", "35.07.05"},
        {"Saya jualan di Tuban. Kakek dirantai di Dampit", "35.07.05"},
        {"Saya baru lapor setelah bongkar di Tuban. Kakek dirantai di Dampit", "35.07.05"},
        {"Saya baru cerita karena sudah sampai rumah di Tuban. Kakek dirantai di Dampit", "35.07.05"},
        {"Pelapor berdomisili di Tuban. Kakek dirantai di Dampit", "35.07.05"},
        {"Pelapor warga Tuban. Kakek dirantai di Dampit", "35.07.05"},
        {"Adik saya di Tuban tidak peduli. Kakek dirantai di Dampit", "35.07.05"},
        {"Kakak saya di Dampit tidak mau lapor. Saya di Surabaya", "35.07.05"},
        {"Menantunya di Tuban lepas tangan. Kakek dirantai di Dampit", "35.07.05"},
        {"Kata adik saya di Tuban, kakek dirantai di Dampit", "35.07.05"},
        {"Panti di Tuban penuh. Kakek dirantai di Dampit", "35.07.05"},
        {"Kalau di Tuban sudah ada panti. Kakek dirantai di Dampit", "35.07.05"},
        {"Kalau di Tuban kan ada panti. Kakek dirantai di Dampit", "35.07.05"},
        {"Seperti kasus di Tuban tahun lalu. Kakek dirantai di Dampit", "35.07.05"},
        {"Bapaknya ditahan di Tuban. Anak dipukuli di Dampit", "35.07.05"},
        {"Obatnya ambil di Tuban. Kakek dirantai di Dampit", "35.07.05"},
        {"Cucunya sekolah di Tuban. Kakek dirantai di Dampit", "35.07.05"},
        {"Asale teko Tuban. Kakek dirantai di Dampit", "35.07.05"},
        {"nenek di Dampit, ditanya jawabnya \"Tuban\"", "35.07.05"},
        {"Kaosnya tulisan Tuban. Kakek dirantai di Dampit", "35.07.05"},
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
}

/* Where who is on the road loads, passes, has to stop, or always stops. */
static void test_of_drivers(void **state) {
    static const struct expected cases[] = {
        {"Saya bongkar semen di Sampang, terus pulangnya naik lewat Pegantenan, Pamekasan. Ban belakang "
         "bocor",
            "35.28.07"},
        {"Saya bongkar semen di Sampang. Kakek dirantai di Dampit", "35.07.05"},
        {"kalau naik ke Tiris kab Probolinggo mesti mampir warungnya mbok Sri", "35.13.07"},
        {"Habis dari Tuban saya lewat Dampit, ada nenek dirantai", "35.07.05"},
        {"saya kirim dari Padang ke Muara Bungo tapi ban pecah, ada perempuan tanpa alas kaki", ""},
        {"pakai sabu supaya kuat melek Banyuwangi sampai Bukittinggi", ""},
        {"deportan asal Kab. Sampang dari Johor dijadwalkan tiba hari Senin melalui Batam", "35.27"},
        {"disekap di Batam. Saya di Ujungpangkah. Berangkatnya lewat Juanda, di sana dipukuli", "21.71"},
        {"saudara dari Sampang di penampungan Malaysia, nanti turun di Surabaya", "35.27"},
        {"Sopir asal Lumajang menelepon dari RSUP Prof. Ngoerah Denpasar: temannya meninggal", "51.71"},
        {"Dia asli Sampang. Sejak stres diboyong pulang ke Dungkek Sumenep dan sekarang dirantai",
            "35.29.18"},
        {"saya kakaknya, dulu yang melepas dari kayu di Selorejo Blitar. Saya di Brebes", "35.05.21"},
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
}

/* Which of several is not known; what stands on a road, on a mountain, in a part of a district. */
static void test_which_of_many_and_of_what(void **state) {
    static const struct expected cases[] = {
        {"Kampungnya di Karanganyar, yang mana ya soalnya Karanganyar banyak", ""},
        {"kakek bingung. Sukodono mana kek, ada berapa itu", ""},
        {"Karanganyar Ngawi, yang mana rumahnya", "35.21.17"},
        {"Berita lama itu pak, gempa Lumajang sama Malang tahun 2021, jangan disebar", ""},
        {"kumpul bawa clurit di pinggir jalan Pamekasan", "35.28"},
        {"kakek diturunkan di pinggir jalan Bumiaji", "35.79.02"},
        {"griyane teng pucuk gunung Tegalombo", "35.01.09"},
        {"Orang kampung takut. È Palengaan Laok. Cepat pak", "35.28.06"},
        {"mau disumbangkan ke panti di Gresik", "35.25"},
        {"kontrol kakak saya ke RSUD Wahidin Kota Mojokerto kelewat sekali", "35.76.01"},
        {"Adakah konseling keluarga di Bukittinggi nan gratis", "13.75"},
        {"ada mayat di pantai Bungus, Teluk Kabung", "13.71.05"},
        {"terdampar di terminal arjosari, rumah saya di bima NTB", "35.73"},
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
}

/* "tiga kabupaten": no single one; "kota apa kabupaten": neither. */
static void test_of_several_and_of_neither(void **state) {
    static const struct expected cases[] = {
        {"tiga kabupaten kebanjiran: Gresik, Lamongan, Bojonegoro", ""},
        {"banjir di dua kabupaten, Gresik dan Lamongan", ""},
        {"tiga kabupaten kebanjiran: Gresik, Lamongan, Bojonegoro. Di Baureno nenek terjebak", "35.22.10"},
        {"RT 3 kota Malang, Batu kebanjiran", "35.73"},
        {"Di Kediri ada yg dipasung katanya. Ga jelas kota apa kabupatennya", ""},
        {"Malang, tidak tahu kabupaten atau kota", ""},
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
}

/* In the words of Minangkabau and Madurese, and what is hidden in the spelling. */
static void test_spoken_in_other_languages(void **state) {
    static const struct expected cases[] = {
        {"Cubo tengok ka Talamau Pasbar, di jorong paling ujung ado apak2 dirantai", "13.12.04"},
        {"tolong cek ke Pasaman Barat, ada anak dirantai", "13.12"},
        {"sabâgiyân la molè ka Omben Sampang", "35.27.05"},
        {"mau pulang ka Omben", ""},
        {"tolong bâdâ oreng ghilâ è pasean ngèbâ are'", "35.28.13"},
        {"sorat ta' anyama è labâng romana", ""}, /* at the door */
        {"è soemennep sengko' bellun", "35.29"},
        {"Kaula è kabupatèn Prabâlingghâ", "35.13"},
        {"sigapokna mentawai, ibu mau lahir", "13.09.05"},
        {"terdampar mentawai", "13.09"},
        {"di Kec. 2 x 11 Enam Lingkuang, Padang Pariaman", "13.05.04"},
        {"di 2x11 Enam Lingkung", "13.05.04"},
        {"Wali korong di Kec. 2x11 Enam Lingkuang", "13.05.04"},
        {"ds Janggan Magetan, omahe ambruk", "35.20.01"},
        {"di lembah wisata Harau, amak2 tidur di toilet", "13.07.05"},
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
}

static void test_spellings(void **state) {
    static const struct expected cases[] = {
        {"sby, rungkut kidul. bapak kos stroke", "35.78.03"},
        {"saya les di kampung inggris pare", "35.06.17"}, {"di kab pamekassan", "35.28"},
        {"banjir di bojanegoro", "35.22"}, {"di probolingga kota", "35.74"},
        {"kec sumberpucing malang", "35.07.12"},
        {"di samping rumah, jadi gampang lihat", ""}, /* no Sampang */
        {"lowok waru kota malang", "35.73.05"}, {"di tulung agung", "35.04"},
        {"#karangpilang surabaya", "35.78.01"}, {"kost di keputih surabaya", "35.78.09"},
        {"sudah tinggal di surabaya", "35.78"}, /* Sudah and Tinggal are villages elsewhere */
        {"RS Soedono Madiun", "35.77.01"},      /* the hospital tells which Madiun */
        {"terminal pandaan ada orang stres lempar batu, kab pasuruan", "35.14.11"}, /* and no pandan */
        {"kota anyar probolinggo", "35.13.11"},                                     /* read as "kota baru" */
        {"lurah ngunut t.agung", "35.04.11"},
        {"Desa Karanganyar Klabang Bondowoso", "35.11.14"}, /* Karang Anyar, and not that of Tegalampel */
    };
    areas_check(*state, cases, sizeof cases / sizeof cases[0]);
}

/* ---- the whole country */

enum { DISTRICTS = 7277, REGENCIES_MAX = 64, DISTRICTS_MAX = 128 };

/* How people write where: %d the district, %r the regency, %k "Kab." or "Kota" before it, %p the province. */
static const struct national {
    const char *message;
    bool lower, upper;
    int least_right, most_wrong; /* of all districts; of the rest only the regency is told, or it is asked */
} nation[] = {
    {"Banjir di Kec. %d, %k %r, tolong", false, false, 7230, 2},
    {"Mohon bantuan, ada warga dipasung di Kecamatan %d %k %r Provinsi %p", false, false, 7230, 2},
    {"Ada nenek terlantar di %d %r belum makan", false, false, 7210, 12},
    {"Ada nenek terlantar di %d, %r, belum makan", false, false, 7210, 12},
    {"%r - %d: lansia sebatang kara sakit", false, false, 7210, 12},
    {"tolong min ada anak dipukuli bapaknya di %d %k %r", true, false, 7210, 4},
    {"TOLONG ADA ANAK DIPUKULI BAPAKNYA DI KEC %d %k %r", false, true, 6900, 4},
    {"Bapak asal Kab. Malang terlantar di %d %k %r, uang habis", false, false, 7160, 24},
    {"Ada nenek terlantar di Kec. %d belum makan", false, false, 6580,
        80}, /* names of the site's own come first */
    {"ada nenek terlantar di %d belum makan", true, false, 3000, 80},
};

struct district {
    const char *name, *code;
    const struct place *regency, *province;
};

static void put(char *out, size_t room, const char *text, const struct national *row) {
    size_t used = strlen(out);
    for (; *text && used + 1 < room; text++)
        out[used++] = (char)(row->lower   ? tolower((unsigned char)*text)
                             : row->upper ? toupper((unsigned char)*text)
                                          : *text);
    out[used] = 0;
}

static void message_fill(char out[512], const struct national *row, const struct district *district) {
    out[0] = 0;
    for (const char *at = row->message; *at; at++) {
        char letter[2] = {*at, 0};
        if (*at != '%') {
            put(out, 512, letter, row);
            continue;
        }
        at++;
        put(out, 512,
            *at == 'd'                ? district->name
            : *at == 'r'              ? district->regency->name
            : *at == 'p'              ? district->province->name
            : district->regency->city ? "Kota"
                                      : "Kab.",
            row);
    }
}

struct tally {
    int right, wrong;
    char example[640];
};

static void tally_up(
    struct tally *tally, const char *message, const char *area, const struct district *district) {
    if (strcmp(area, district->code) == 0)
        tally->right++;
    else if (area[0] && !area_within(district->code, area)) {
        tally->wrong++;
        snprintf(tally->example, sizeof tally->example, "\"%s\" is in \"%s\", not %s", message, area,
            district->code);
    }
}

static void district_try(struct fixture *fixture, const struct district *district, struct tally *tallies) {
    for (size_t row = 0; row < sizeof nation / sizeof nation[0]; row++) {
        char message[512];
        message_fill(message, &nation[row], district);
        tally_up(&tallies[row], message, find(fixture, message, NULL, NULL).area, district);
    }
}

/* Every district of every regency of the 38 provinces, as it is written: found or asked, hardly ever
 * misplaced. */
static void test_every_district(void **state) {
    struct fixture *fixture = *state;
    struct place provinces[REGENCIES_MAX], regencies[REGENCIES_MAX], districts[DISTRICTS_MAX];
    static struct tally tallies[sizeof nation / sizeof nation[0]];
    int all = 0;
    memset(tallies, 0, sizeof tallies);
    size_t count = gazetteer_children(fixture->gazetteer, "", provinces, REGENCIES_MAX);
    assert_int_equal(count, 38);
    for (size_t i = 0; i < count; i++) {
        size_t in = gazetteer_children(fixture->gazetteer, provinces[i].code, regencies, REGENCIES_MAX);
        for (size_t k = 0; k < in; k++) {
            size_t below =
                gazetteer_children(fixture->gazetteer, regencies[k].code, districts, DISTRICTS_MAX);
            for (size_t j = 0; j < below; j++, all++)
                district_try(fixture,
                    &(struct district){districts[j].name, districts[j].code, &regencies[k], &provinces[i]},
                    tallies);
        }
    }
    assert_int_equal(all, DISTRICTS);
    for (size_t row = 0; row < sizeof nation / sizeof nation[0]; row++)
        if (tallies[row].right < nation[row].least_right || tallies[row].wrong > nation[row].most_wrong)
            fail_msg("\"%s\": %d right, %d wrong, as %s", nation[row].message, tallies[row].right,
                tallies[row].wrong, tallies[row].example);
}

static void test_twins_stay_two(void **state) {
    static const char *const names[] = {"di Malang", "daerah kediri", "warga Blitar", "di Probolinggo",
        "Pasuruan", "di mojokerto", "Madiun tolong", "min pariaman ada anak punk"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct place_found found = find(*state, names[i], NULL, NULL);
        if (found.area[0] || found.candidate_count != 2)
            fail_msg("%s: area \"%s\", %zu candidates", names[i], found.area, found.candidate_count);
        assert_string_not_equal(found.candidates[0], found.candidates[1]);
    }
}

static void test_the_message_decides_between_twins(void **state) {
    assert_string_equal(find(*state, "di malang, yang kota itu", NULL, NULL).area, "35.73");
    assert_string_equal(find(*state, "pasar madiun. kota ya bukan kabupaten", NULL, NULL).area, "35.77");
    assert_string_equal(find(*state, "Kediri, kota atau kabupaten saya lupa", NULL, NULL).area, "");
}

/* "di panti" is an institution, "Kec. Panti" a district. */
static void test_marks(void **state) {
    static const struct {
        const char *message, *marks; /* a letter for each word: p for a part of a name */
    } cases[] = {{"dipukul di panti", "---"}, {"di Kec. Panti Jember", "--pp"},
        {"warga lubuk sikaping hanyut", "-pp-"}, {"bawa parang", "--"}, {"di terminal Arjosari", "--p"},
        {"surat sudah jadi", "---"}, /* three villages */
        {"di Desa Surat jadi gaduh", "--p--"}, {"kos keputih surabaya", "-pp"}, {"keputih", "-"}};
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text text;
        arena_reset(fixture->arena);
        assert_true(
            text_read(fixture->arena, fixture->spelling, cases[i].message, strlen(cases[i].message), &text));
        const bool *marks =
            place_names_mark(place_names_read(fixture->index, fixture->arena, &text), fixture->arena, &text);
        assert_int_equal(text.count, strlen(cases[i].marks));
        for (size_t k = 0; k < text.count; k++)
            if (marks[k] != (cases[i].marks[k] == 'p'))
                fail_msg("\"%s\": %s", cases[i].message, text.words[k].key);
    }
}

/* What are two everyday words to sites of other provinces is a district at home. */
static void test_site_of_another_province(void **state) {
    static char jakarta[] = "31";
    struct fixture there = *(const struct fixture *)*state;
    there.index = index_of(&there, jakarta);
    assert_string_equal(find(&there, "di pasar minggu ada orang gila", NULL, NULL).area, "31.74.04");
    assert_string_equal(find(*state, "di pasar minggu ada orang gila", NULL, NULL).area, "");
    place_index_free(&there.index);
}

static void test_position(void **state) {
    struct position surabaya = {-7.27, 112.74}, sea = {-11.5, 105.0};
    assert_string_equal(find(*state, "tolong", &surabaya, NULL).area, "35.78");
    assert_string_equal(find(*state, "tolong", &sea, NULL).area, "");
    assert_string_equal(find(*state, "di Wonokromo", &surabaya, NULL).area, "35.78.04");
    struct position kota_malang = {-7.98, 112.63};
    assert_string_equal(find(*state, "di Malang", &kota_malang, NULL).area, "35.73");
}

/* The position is of the phone, and who tells of his mother may sit in another town. */
static void test_position_far_from_the_text(void **state) {
    struct position jakarta = {-6.2, 106.8}, surabaya = {-7.27, 112.74}, batu = {-7.87, 112.53};
    struct place_found found =
        find(*state, "nenek di Lamongan jatuh, tidak ada yang menolong", &jakarta, NULL);
    assert_string_equal(found.area, "35.24");
    assert_true(found.position_is_far && !found.by_position);
    found = find(*state, "nenek di Turen Malang jatuh", &surabaya, NULL);
    assert_true(area_within(found.area, "35.07") && found.position_is_far);
    found = find(*state, "nenek di Malang jatuh", &surabaya, NULL); /* twins stay twins */
    assert_string_equal(found.area, "");
    assert_int_equal(found.candidate_count, 2);
    assert_true(found.position_is_far);
    found = find(*state, "nenek di Pujon jatuh", &batu, NULL); /* over the border */
    assert_true(area_within(found.area, "35.07") && !found.position_is_far);
    assert_string_equal(find(*state, "nenek jatuh", &surabaya, NULL).area, "35.78");
}

static void test_declared(void **state) {
    assert_string_equal(find(*state, "tolong", NULL, "35.07.05").area, "35.07.05");
    assert_string_equal(find(*state, "di Malang", NULL, "35.73").area, "35.73");
    assert_string_equal(find(*state, "di Jember", NULL, "35.73").area, "35.09"); /* the event, not the form */
    assert_string_equal(find(*state, "di Jember", NULL, "35.09.14").area, "35.09.14");
    assert_string_equal(find(*state, "tolong", NULL, "no code").area, "");
    static const char *const nowhere[] = {"99", "35.99", "35.07.99", "no code"};
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++) {
        struct place_found found = find(*state, "tolong", NULL, nowhere[i]);
        assert_string_equal(found.area, "");
        assert_true(found.unknown_declaration && !found.by_declaration);
    }
    assert_string_equal(find(*state, "di Jember", NULL, "35.99").area, "35.09");
    assert_false(find(*state, "tolong", NULL, "35.07.05").unknown_declaration);
}

/* A hundred villages are called Sidomulyo: they must not take the room of the district named behind them. */
static void test_many_villages_hide_no_district(void **state) {
    static const char text[] =
        "Banjir bandang merendam Desa Sidomulyo, Sumberejo, Sidorejo, Sukorejo, Kauman, "
        "Sumberagung dan Karangrejo. Warga mengungsi ke balai Kecamatan Watulimo, Kabupaten "
        "Trenggalek";
    assert_string_equal(find(*state, text, NULL, NULL).area, "35.03.08");
}

static void test_end_of_the_way(void **state) {
    static const struct expected cases[] = {
        {"relawan PMI dari Lumajang sudah bergeser ke Tongas Probolinggo, butuh selimut", "35.13.23"},
        {"tadi nganter penumpang dr jombang ke kertosono, perempuan penuh lebam", "35.18.08"},
        {"rombongan dari Lumajang mau geser ke Tongas Probolinggo", "35.08"},
        {"jenazah adik dari hongkong nyampe juanda, ongkos ke Puger jember tidak ada", "35.09.08"},
        {"lereng lawu tawangmangu, pendaki dr ngawi hipotermia", "33.13.06"},
        {"pasien sudah bisa pulang dari RSJ Lawang, keluarga belum menjemput", "35.07.25"},
        {"pasien sudah bisa pulang dari RSJ Lawang, rumahnya di Babat", "35.24.05"},
        {"bapak hilang, tadi terlihat arah pasar Kertosono. Rumah kami di Nganjuk kota", "35.18.08"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

static void test_home_and_not_the_teller(void **state) {
    static const struct expected cases[] = {
        {"Saya lg di surabaya, barusan ditelpon adek di kertosono katanya ibu dipukuli", "35.18.08"},
        {"Saya lagi di Jombang, ada anak kecil pingsan di trotoar", "35.17"},
        {"Turen. Bapak opname di RSSA, saya lumpuh sendirian", "35.07.09"},
        {"Bapak opname di RSSA, tidak ada yang menunggu", "35.73.02"},
        {"Ditawari kerja di pabrik Batam, surat-surat tidak ada, aman tidak?", ""},
        {"teman dijanjikan kerja restoran di Batam, sampai sana dikunci", "21.71"},
        {"Dongko banjir, jalan nang Kampak longsor", "35.03.04"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

static void asked_check(struct fixture *fixture, const char *message, const char *one, const char *other) {
    struct place_found found = find(fixture, message, NULL, NULL);
    bool has_one = false, has_other = false;
    for (size_t i = 0; i < found.candidate_count; i++) {
        has_one = has_one || strcmp(found.candidates[i], one) == 0;
        has_other = has_other || strcmp(found.candidates[i], other) == 0;
    }
    if (found.area[0] || !has_one || !has_other)
        fail_msg("\"%s\" is in \"%s\", and not asked", message, found.area);
}

static void test_on_a_border(void **state) {
    asked_check(*state, "tawuran di perbatasan Jombang-Nganjuk, ada yang luka", "35.17", "35.18");
    asked_check(*state, "ada tawuran, batas Waru sama Surabaya", "35.15.18", "35.78");
    static const struct expected cases[] = {
        {"di perbatasan jombang nganjuk, tepatnya Kertosono, ada tawuran", "35.18.08"},
        {"rumahnya di Kebomas apa Duduksampeyan saya lupa", "35.25"},
        {"rumahnya dampit kah turen kah, saya lupa", ""},
        {"\"Jember\" by anak indie, lagu sedih", ""},
        {"\"Jember\" katanya, lalu nenek itu pingsan", "35.09"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

static void test_told_in_few_letters(void **state) {
    static const struct expected cases[] = {
        {"kec. karas, orang dirantai", "35.20.14"},
        {"longsor di kec panti, jalan putus", "35.09.14"},
        {"mbah nang silo, gak mangan", "35.09.30"},
        {"warung di menganti, ada bayi", "35.25.13"},
        {"lagu gending itu bagus", ""},
        {"Tiris bu, jembatan putus", "35.13.07"},
        {"Batu pak, pasir, semen", ""},
        {"mataram lombok, suami nyabu", "52.71"},
        {"kos dekat UB, teman mengamuk", "35.73"},
        {"petugas st. madiun: nenek bingung", "35.77"},
        {"st. kediri, ada balita ditinggal", "35.71"},
        {"kampung smampir sby, ibu dipukuli", "35.78.16"},
        {"sumawe kab malang, lantai tanah", "35.07.04"},
        {"pulau bawean, sangkapuro, orang dipasung", "35.25.17"},
        {"bayi ditinggal di pasar Kolpajung", "35.28.04"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
    asked_check(*state, "galodo di kec panti, uda, tolong", "35.09.14", "13.08.07");
}

/* Where somebody works, drives, lands or is from, and where it is. */
static void test_work_and_origin_beside_the_event(void **state) {
    static const struct expected cases[] = {
        {"Adik kerja di Denpasar, kosnya sempit, dipukul majikan. Kami orang Lumajang", "51.71"},
        {"Saya bongkar muatan di Gresik, yang mau saya laporkan nenek saya sendiri di Lumajang", "35.08"},
        {"Guru ngaji di Wlingi melapor: ayah di Surabaya, ibu di Batam, anaknya menyayat lengan", "35.05.17"},
        {"PMI asal Kunir Lumajang bekerja di Kamboja, kenalan di Jember yang memberangkatkan", "35.08.06"},
        {"teman asal Bandung Tulungagung sakit di Korea, siapa yang jemput di Juanda", "35.04.17"},
        {"Saya sopir elf pare - surabaya, ada ibu diusir suami turun di pare", "35.06.17"},
        {"Mbahku tinggal dewe nek Sine, aku kerjo nek Sragen", "35.21.01"},
        {"tadi di tanggul saya turunkan anak kecil yang naik dari lumajang", "35.09.06"},
        {"adik dipukul suaminya di Wates Kulon Progo, anaknya lari ke Ngawi", "34.01.02"},
        {"aku kerjo nang Surabaya, omahku Papar, tonggo telpon ibuku kambuh", "35.06.14"},
        {"Kami kunjungan ke Tempurejo, anak itu dikurung", "35.09.18"},
        {"jalan-jalan ke alun2 batu, ada bocah berjualan", "35.79"},
        {"tetangga kami orang Jenangan asli, membakar kasur, saudara dari Madiun ditunggu", "35.02.18"},
        {"ambo marantau di Batam, amak di Limo Puluah Koto surang", "13.07"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* What is only near, taken back, or of another town. */
static void test_near_is_not_in(void **state) {
    static const struct expected cases[] = {
        {"nenek dipukuli di pasar cermee bondowoso", "35.11.15"},
        {"Prambon dekat Krian sidoarjo, buruh kena PHK", "35.15.02"},
        {"Ngasem dekat lapangan Banyuurip, Bojonegoro, warga muntah", "35.22.04"},
        {"kejadian di pantai Prigi, Watulimo Trenggalek", "35.03.08"},
        {"mangkal di bandara juanda arah Waru sda, ada orang busuk kakinya", "35.15.18"},
        {"Rekap TKSK Pacitan: pasung dua", "35.01"},
        {"Sawahan nganjuk longsor. Eh maksudku di Ngetos apa Loceret", "35.18"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* "ada ... gak di X?" asks for something there. */
static void test_asked_and_not_denied(void **state) {
    static const struct expected cases[] = {
        {"ada rumah aman untuk lansia gak di surabaya? nenek ini sendirian", "35.78"},
        {"lansia itu ada tapi tidak di surabaya", ""},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* Districts in front, in small letters, in brackets or with who is called behind them. */
static void test_districts_that_head_a_message(void **state) {
    static const struct expected cases[] = {
        {"kec kota, kediri. ada anak tidur di emperan", "35.71.02"},
        {"Kulon Progo pak, wates. ada anak hilang", "34.01.02"},
        {"balongbndo bu. air masuk rumah", "35.15.12"},
        {"Babat tiap malam anak kecil mengamen", "35.24.05"},
        {"Parang tiap malam diasah di depan rumah", ""},
        {"kami ditinggal di babat sama ibu tiri", "35.24.05"},
        {"Lapor pak. Pare, dekat pasar, ada bayi", "35.06.17"},
        {"nenek depan rumah (kdungkandang) sendirian", "35.73.03"},
        {"wonosari gn kawi, nenek mengemis", "35.07.32"},
        {"sukorejo pas. gadis dijual di kos", "35.14.09"},
        {"pak lurah bojonegoro susah dihubungi", "35.22"},
        {"Kare lur, madiun, jembatan hanyut", "35.19.05"},
        {"Durenan rek, Nggalek. ibu sakit", "35.03.13"},
        {"Licin arah Ijen, banyuwangi, penambang jatuh", "35.10.24"},
        {"sapeken kep. sumenep, kapal karam", "35.29.25"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* Misspelt by a letter: short names only beside their regency. */
static void test_short_names_misspelt(void **state) {
    static const struct expected cases[] = {
        {"Padangn, bojonegoro, anak dicabuli", "35.22.19"},
        {"nang Jogorgo Ngawi ana wong turu", "35.21.03"},
        {"genangan air di jalan, banyak jentik", ""},
        {"pabean cantikan, anak dipukul mandor", "35.78.12"},
        {"surat izin pelanggaran di probolinggo kab", "35.13"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* Minangkabau words tell which of twins is meant, and that a name is one. */
static void test_in_west_sumatra(void **state) {
    static const struct expected cases[] = {
        {"Anak dirantai di Lubuk Alung. Kama ambo malapor", "13.05.01"}, /* "ke mana": two words of one */
        {"galodo di Maninjau, Tanjung Raya, rumah habis", "13.06.03"},
        {"Malalak galodo, jalan putus", "13.06.16"},
        {"Kinali. suami mamukua bini", "13.12.05"},
        {"simpang lubuk aluang, anak padusi hilang", "13.05.01"},
        {"kec kayu tanam padang pariaman, ayah stroke", "13.05.15"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* Landmarks whose district everybody knows. */
static void test_landmarks_of_districts(void **state) {
    static const struct expected cases[] = {
        {"mayat di pantai Slopeng, Ambunten, Sumenep", "35.29.12"}, /* what is named is that one */
        {"mayat di pantai Slopeng, Sumenep", "35.29.14"},
        {"nenek terlantar di Pantai Klayar sejak kemarin", "35.01.01"},
        {"Kuta bali, anak punk pingsan", "51.03.01"},
        {"ada anak mengemis di SLG kediri", "35.06.25"},
        {"ibu tidur di depan RSSA", "35.73.02"},
        {"mayat di danau ngebel", "35.02.19"},
        {"bayi ditinggal di rumah sakit mohammad zyn", "35.27.03"},
        {"jam gadang min, ada orang gila", "13.75.01"},
        {"anak berjualan di simpang haru", "13.71.02"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* A district that another province has, too, and whose people write as often: told in aliases.tsv. */
static void test_twins_of_another_province(void **state) {
    asked_check(*state, "warga Donorojo, kusta, dikucilkan", "35.01.01", "33.20.16");
    asked_check(*state, "ampelgading banjir, dua rumah rusak", "35.07.06", "33.27.11");
    static const struct expected cases[] = {
        {"Kec. Donorojo, eks pasung kambuh", "35.01.01"},
        {"Ampelgading malang banjir", "35.07.06"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* Who works or studies away from home and tells of what is there, and who tells of home. */
static void test_where_the_teller_works(void **state) {
    static const struct expected cases[] = {
        {"saya orang madiun, kerja di gresik. bayi majikan saya di sini sering dibanting", "35.25"},
        {"Sy asli Lumajang tp kerja di Denpasar. Tetangga kos di sini minum racun", "51.71"},
        {"min aku orang tuban kerja di Blora, di mes sini ada bocah dirantai", "33.16"},
        {"saya asli trenggalek, kuliah di kota malang. ibu kos disini memukuli anaknya", "35.73"},
        {"saya asli Kediri kota tp lama kerja di Sidoarjo, di kos sini ada bayi ditinggal", "35.15"},
        {"saya wong Tuban kerjo nang Gresik. kancaku neng kos kene ngombe obat nyamuk", "35.25"},
        {"Pronojiwo pak, ibu lumpuh, suami kerja jd kuli di sby", "35.08.02"},
        {"adik saya kuliah di kota malang, katanya dikurung di kos. saya di Tuban", "35.73"},
        {"Perantau dari jember kerja proyek di Denpasar lumpuh jatuh dari lantai 3", "51.71"},
        {"Aku kerjo nang Sby, omahku Papar. mbahku tiba ora iso tangi", "35.06.14"},
        {"saya orang nganjuk kerja di sidoarjo, disini gak ada saudara, ibu saya di rumah lumpuh", "35.18"},
        {"saya orang ponorogo kerja di surabaya, bisa lapor lewat sini? nenek saya sendirian", "35.02"},
        {"kakek dari Lamongan mau ke bojonegoro, katanya udah sampe sana tp bingung", "35.22"},
        {"suami kerja ke Batam, sudah sampai sana tidak ada kabar. Saya di Turen kelaparan", "35.07.09"},
        {"Puskesmas Kencong rujuk, tapi rumahnya Kecamatan Jombang Kabupaten Jember. gizi buruk", "35.09.01"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* Of twins the one that lies beside the place that is named as a way or a neighbour. */
static void test_neighbours_tell_twins(void **state) {
    static const struct expected cases[] = {
        {"Kec. Waru, jalan ke Pasean. ada orang dipasung", "35.28.10"},
        {"Waru, sebelah Gedangan, ada lansia terlantar", "35.15.18"},
        {"Gondang, jalur Pacet. nenek sendirian", "35.16.02"},
        {"pasar Jetis arah Mlarak, ada bocah mencuri roti", "35.02.09"},
        {"kec purwosari arah padangan, kakek hilang", "35.22.18"},
        {"Besuki perbatasan dengan Bandung, longsor menutup jalan", "35.04.15"},
        {"Rejotangan perbatasan dengan Blitar, nenek sendirian", "35.04.13"},
        {"rejotangan, perbatasan sama blitar, rumah hanyut", "35.04.13"},
        {"Pacet arah cangar, bus remnya blong, banyak korban", "35.16.03"},
        {"Ngliman jalur ke air terjun Sedudo, tebing runtuh", "35.18.01"},
        {"Jombang kota, penjual balon meninggal di kos", "35.17.09"},
        {"jombang kota santri pak, saya mau titip bapak ke panti", "35.17"},
        {"Batu kota wisata, pengemis banyak", "35.79"},
        {"longsor di jalur cangar pacet, dua motor tertimbun", ""},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* Named, and not read: trains, ports, short names, who stands right behind a district in small letters. */
static void test_named_in_other_ways(void **state) {
    static const struct expected cases[] = {
        {"dekat perlintasan KA Gedangan Sidoarjo ada nenek pingsan", "35.15.16"},
        {"ibu nunggu di stasiun KA pasar turi, kebingungan", "35.78"},
        {"anak saya mau dibawa ka Padang besok", ""},
        {"garum mbah S ora duwe lampu, wis ora kuat ngadeg", "35.05.11"},
        {"saya tinggal di kaliwatez, ibu saya buta", "35.09.19"},
        {"ada orang ngamuk di pasar kepanjin bawa celurit", "35.07.13"},
        {"anak kecil dipukuli di Sukodono Darjo", "35.15.14"},
        {"Darjo, tetangga sebelah, lumpuh", ""},
        {"bagor njuk. anak lanang dirante", "35.18.14"},
        {"bibi saya di ngoro jmbg dikurung", "35.17.03"},
        {"Sapeken pulau paling timur. kapal tenggelam", "35.29.25"},
        {"Kota Kediri, Kecamatan Kota, Kel. Setono Pande: nenek tidur di emper", "35.71.02"},
        {"sungai meluap di Prajegan bws, 40 rumah terendam", "35.11.16"},
        {"Siman ponorogo deket gontor, anak nangis terus", "35.02.10"},
        {"Anak 16 thn asal Jember dipukul juragan di pelabuhan ikan Muncar", "35.10.05"},
        {"perempuan bawa koper di pelabuhan ketapang bwi, ditipu agen", "35.10"},
        {"orang terlantar di Pelabuhan Tanjung Perak", "35.78"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* Who says where he is from before he says where he is; a district whose name no village has is told by
 * "desa". */
static void test_from_elsewhere_and_brought_here(void **state) {
    static const struct expected cases[] = {
        {"Saya dari Bojonegoro. Suami di Samarinda. Anak sakit keras di rumah", "35.22"},
        {"Saya dari Bojonegoro. Suami di Samarinda dipukuli mandor.", "64.72"},
        {"Bu saya dari Ternate, tas hilang di kapal, numpang tidur di kantor desa Bungatan", "35.12.17"},
        {"Mas kami dari Palu, uang habis, ditampung di balai desa Pronojiwo", "35.08.02"},
        {"saya dari Jember, dompet hilang, diantar polisi ke kantor desa Saradan", "35.19.12"},
        {"Pak saya dari Kupang, motor hilang di jalan", ""},
        {"kakek ngaku warga Kendal Jateng, tersasar sampai Kalitidu", "35.22.16"},
        {"kakak ipar saya eks pasung Payakumbuh", "13.76"},
        {"paman eks ODGJ Dharmasraya kumat lagi", "13.10"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* What stands on the border of two regencies lies on the side that is named. */
static void test_side_of_a_landmark(void **state) {
    static const struct expected cases[] = {
        {"bapak telantar di Bungurasih yang masuk Surabaya, bukan Sidoarjo", "35.78"},
        {"ada gelandangan di terminal Bungurasih sisi kota Surabaya", "35.78"},
        {"dekat terminal Purabaya arah Surabaya, masuk Surabaya, ada bayi", "35.78"},
        {"halte Bungurasih yang ikut Surabaya ada orang pingsan", "35.78"},
        {"Gunung Bromo sisi Lumajang ada pendaki jatuh", "35.08"},
        {"kampung kami dekat Krian tapi masuk Balongbendo", "35.15.12"},
        {"di Cangar sisi Batu longsor", "35.79.02"},
        {"anak hilang di terminal Bungurasih", "35.15"},
        {"bus dari Bungurasih masuk Nganjuk remnya blong", "35.18"},
        {"lansia dititipkan di panti, sisi lain kota ini ramai", ""},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* Words of kind that are written in full end a sentence; a stop behind the short form does not. */
static void test_kinds_of_place_that_end_a_sentence(void **state) {
    static const struct expected cases[] = {
        {"Pelapor tidak menyebut kelurahan. Kec. Rungkut, Surabaya.", "35.78.03"},
        {"Pelapor takut menyebut dusun. Kab. Sampang", "35.27"},
        {"Tidak menyebut kabupaten. Kec. Ngadiluwih", "35.06.04"},
        {"ibu itu menolak menyebut desa. Kecamatan Wuluhan", "35.09.11"},
        {"Kec. Wuluhan, Kab. Jember", "35.09.11"},
        {"menyebut kec. Wuluhan", ""},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* Banks and shops that people pass by, branches, places of work, roundabouts. */
static void test_named_by_what_stands_there(void **state) {
    static const struct expected cases[] = {
        {"kakek minta-minta di depan bank Kertosono", "35.18.08"},
        {"orang gila telanjang di depan toko Pandaan", "35.14.11"},
        {"bapak itu tidur di depan toko Rogojampi", "35.10.13"},
        {"nenek tidur di emperan toko Lamongan", "35.24"},
        {"beli obat di toko Surabaya", ""},
        {"orang telanjang di depan BRI Tanggul", "35.09.06"},
        {"orang linglung di pos polisi Babat", "35.24.05"},
        {"pengamen di lampu merah Sukun", "35.73.04"},
        {"pengamen di traffic light Sukun", "35.73.04"},
        {"mbah2 linglung di bunderan aloha dari tadi", "35.15.16"},
        {"pemulung sakit di bundaran waru", "35.15.18"},
        {"saya kerja di rumah makan Sidoarjo, ijazah ditahan bos", "35.15"},
        {"adik saya kerja di pabrik krupuk Gresik, gaji tidak dibayar", "35.25"},
        {"saya kerja di warung lamongan, bos kasar", ""},
        {"saya mau kerja di rumah makan Sidoarjo", ""},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* A level that no place of the name has, before the only place that has it. */
static void test_wrong_kind_before_the_only_one(void **state) {
    static const struct expected cases[] = {
        {"banjir di dusun siberut selatan", "13.09.03"},
        {"orang hilang di kab kepanjen", "35.07.13"},
        {"ada anak dirantai di kecamatan Surabaya", "35.78"},
        {"kab panji", ""},
        {"dusun krajan kebanjiran", ""},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* Where who is abroad is to be brought home to; and who has gone home is there. */
static void test_home_of_who_is_abroad(void **state) {
    static const struct expected cases[] = {
        {"Jenazah kakak saya TKW Hongkong mau dipulangkan ke Donomulyo, biayanya bagaimana", "35.07.01"},
        {"Anak saya ABK di Korea meninggal, pemulangan ke Watulimo siapa yang tanggung", "35.03.08"},
        {"kakak sakit di Taiwan minta dipulangkan ke kampung di Slahung", "35.02.01"},
        {"suami TKI Malaysia lumpuh, dipulangkan sampai Juanda, rumah kami di Pucanglaban", "35.04.12"},
        {"kakek minta dipulangkan ke Slahung", ""},
        {"sy plg k rmh bapak d mojowarno", "35.17.07"},
        {"saya mau pulang ke rumah ibu di Krembung", ""},
        {"besok saya pulang ke rumah ibu di Krembung", ""},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* Regencies and districts as they are shortened, and as Minangkabau speak them. */
static void test_short_and_spoken_names(void **state) {
    static const struct expected cases[] = {
        {"nang Mbenjeng banjir", "35.25.04"},
        {"nang Njenu ono mayat", "35.23.12"},
        {"mbah dikurung nang Ndolopo", "35.19.02"},
        {"nang Nggedangan Sidoarjo enek bayi dibuang", "35.15.16"},
        {"nang mbengkel wae, njaluk tulung", ""},
        {"oreng towa dhibi' e Batang-batang", "35.29.16"},
        {"tumpukan Batang-batang kayu roboh", ""},
        {"odgj ngamuk d kab sijunjuang", "13.03"},
        {"tetangga dipasung di pdg pjg", "13.74"},
        {"anak kurang gizi di damasraya", "13.10"},
        {"Di Matua ado padusi dikuruang", "13.06.04"},
        {"urang gilo di sangia solok selatan", "13.11.01"},
        {"galodo di batipuah", "13.04.02"},
        {"urang sakik jiwa dipasuang di lubuak alung", "13.05.01"},
        {"ado anak hanyuik di surantih", "13.01.08"},
        {"nenek dikurung di gersik", "35.25"},
        {"bapak kecelakaan di lmngn", "35.24"},
        {"ibu dipukuli di krian sdrjo", "35.15.11"},
        {"banjir d kdkandang mlg", "35.73.03"},
        {"bayi dibuang d kr ploso mlg", "35.07.23"},
        {"bantuan untuk pmks belum turun", ""},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* Who works in a district, and which one was looked at, in words that nothing else is called. */
static void test_titles_before_districts(void **state) {
    static const struct expected cases[] = {
        {"Saya Sri kader jiwa Kampak, pasien kambuh", "35.03.07"},
        {"bu ini yati kader jiwa tiris", "35.13.07"},
        {"petugas Bungkal minta bantuan kursi roda", "35.02.03"},
        {"Petugas Lapangan Bungah, butuh selimut", "35.25.12"},
        {"Verval lapangan Kendit, rumah tidak layak huni", "35.12.05"},
        {"Rujukan PKM Konang, bayi gizi buruk", "35.26.17"},
        {"rujukan posyandu Wonosalam, balita kurus", "35.17.05"},
        {"Saya kader Ngetos. Nganjuk paling selatan", "35.18.02"},
        {"Kula Kampak, badhe lapor", "35.03.07"},
        {"nenek tidur di depan rumah panggul", "35.03.01"},
        {"tangga jatuh di gang slahung", "35.02.01"},
        {"kader kesehatan Panti lapor", ""},
        {"perawat Sekar baik sekali", ""},
        {"bidan Puri baik sekali", ""},
        {"petugas Kota datang terlambat", ""},
        {"kula Sugio, badhe lapor", ""},
        {"Rujukan ke PKM Konang", ""},
        {"bojo kula Maron lagi sakit", ""},
        {"ada mayat di belakang rumah gudang", ""},
        {"Gang Pacitan banjir", ""},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* Villages of other provinces beside the regency they lie in, and what is only called after one. */
static void test_villages_elsewhere(void **state) {
    static const struct expected cases[] = {
        {"galodo di Pandai Sikek Tanah Datar, batu masuak ka rumah", "13.04.01"},
        {"nenek kami di Kinari kab Solok umua 81, tingga surang", "13.02.08"},
        {"2 anak yatim di silaing bawah padang panjang", "13.74.02"},
        {"Kami di Limbukan Payakumbuh", "13.76.05"},
        {"Nagari Parik Panjang, Matur, Agam. Usul pengasuhan", "13.06.04"},
        {"sumur di Matotonan, Kepulauan Mentawai, rusak", "13.09.03"},
        {"di Kab. Solok nagari Kinari ado urang gilo", "13.02.08"},
        {"Kec. Lubuk Linggau Utara II banjir, Kota Lubuk Linggau", "16.73"},
        {"kakek sakit di desa Koto Gadang, Kab. Agam", "13.06"}, /* two districts have one */
        {"stasiun Kinari kab Solok", "13.02"},
        {"odgj di Jl. Silaing Bawah, Padang Panjang", "13.74"},
        {"orang baik di kota Padang Panjang", "13.74"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* Every twentieth village of the other provinces, beside its regency: hardly ever misplaced. */
static void test_many_villages_elsewhere(void **state) {
    enum { EACH = 20 };
    struct fixture *fixture = *state;
    int tried = 0, right = 0, wrong = 0;
    for (size_t i = 0; i < gazetteer_count(fixture->gazetteer); i += EACH) {
        struct place place, regency;
        char code[AREA_TEXT + 1], message[256];
        gazetteer_at(fixture->gazetteer, i, &place);
        area_cut(place.code, AREA_REGENCY, code);
        if (place.level != AREA_VILLAGE || area_within(code, "35") ||
            !gazetteer_find(fixture->gazetteer, code, &regency))
            continue;
        snprintf(message, sizeof message, "Ada kakek sakit di Desa %s, %s %s", place.name,
            regency.city ? "Kota" : "Kab.", regency.name);
        struct place_found found = find(fixture, message, NULL, NULL);
        tried++;
        right += found.level == AREA_DISTRICT && area_within(place.code, found.area);
        wrong += found.area[0] && !area_within(place.code, found.area);
    }
    assert_true(tried > 3500);
    if (right * 100 < tried * 88 || wrong * 1000 > tried * 15)
        fail_msg("of %d villages %d right and %d wrong", tried, right, wrong);
}

/* Who is brought home from abroad belongs where his people are, and not where he lands. */
static void test_where_they_land(void **state) {
    static const struct expected cases[] = {
        {"PMI hamil 7 bulan tiba malam ini di Juanda dari Malaysia, asal Arosbaya", "35.26.05"},
        {"Suami dideportasi dari Sabah, kapalnya sandar di Tanjung Perak Surabaya. Saya di rumah kab Blitar",
            "35.05"},
        {"TKW Hongkong nanti malam landing surabaya, orangtuanya di Ambulu Jember sudah sepuh", "35.09.12"},
        {"TKW Hongkong landing surabaya, tidak ada yang jemput", "35.78"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* Where children live, help is said to be, somebody was, or an office writes from. */
static void test_beside_what_is_told(void **state) {
    static const struct expected cases[] = {
        {"Kami di Ranah Batahan, jauah ka puskesmas. Anaknyo di Medan ndak pulang2", "13.12.07"},
        {"Mbah di desa Hulaan sendiri. Anaknya satu di Batam tidak pernah pulang", ""},
        {"saya pedagang di pasar Tanjung Bumi bangkalan, anak nyabu. Kata orang ada tempat di Surabaya",
            "35.26.09"},
        {"ada panti di Surabaya yang memukul lansia", "35.78"},
        {"di pasar Tanjung Jember ada bayi", "35.09.19"},
        {"mbah kesasar nang kampung nelayan Puger, jare omahe Yosowilangun Lumajang", "35.09.08"},
        {"adiak ambo asa Koto VII Sijunjung kini takuruang di ruko di Batam", "21.71"},
        {"Rujukan Polsek Mejayan Kab. Madiun: L/33 th warga Cirebon, ditipu calo", "35.19.11"},
        {"warga Bukittinggi melapor ada ODGJ mengamuk", "13.75"},
        {"Saya warga Pesisir Selatan, dulu dapat BPNT waktu masih di Bekasi", "13.01"},
        {"mbah badhe tilik putu nang malang, kesasar medun teng terminal caruban", "35.19"},
        {"Suami dan saya di perumahan Sidoarjo sering ribut", "35.15"},
        {"60 nasi kotak mau diantar ke pengungsi banjir di Kota Probolinggo", "35.74"},
        {"mau ke saudara di Kota Probolinggo", ""},
        {"massa mau ngeluruk ke rumah pak dukun di Wonosalam Jombang", "35.17.05"},
        {"eks napi, plg ke sitiung dharmasraya 4 bln, ngelamar ditolak trs", "13.10.04"},
        {"bapak pulang ke Puger 4 hari lagi", ""},
        {"suami TKW asal tambelangan sampang, istri plg dr arab bsok siang, gk ada yg jmput d juanda",
            "35.27.08"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* "(kami orang Tuban)", "hanya sampai Surabaya": said beside what is told. */
static void test_aside_and_as_far_as(void **state) {
    static const struct expected cases[] = {
        {"cucu sy (kami org tuban) pulang dr asrama sekolah di diwek bibirnya pecah", "35.17.08"},
        {"Anak saya pulang dari asrama di Diwek, badannya tidak luka. Kami orang Tuban", "35.23"},
        {"kami orang tuban, lapor dari diwek, anak dipukuli", "35.17.08"},
        {"kami orang tuban, anak dipukuli ayahnya", "35.23"},
        {"warga kumpul di lapangan Ledokombo bawa obor (aku lagi mondok di Bondowoso)", "35.09.28"},
        {"aku mondok di Bondowoso, teman sekamar dipukuli ustad", "35.11"},
        {"adik saya mondok di Bondowoso, dipukuli", "35.11"},
        {"aku ngekos di Lowokwaru, rumah nenekku di Dampit roboh", "35.07.05"},
        {"Kami warga Lumajang ingin tahu apakah dijemput sampai rumah atau hanya sampai Surabaya", "35.08"},
        {"jalan putus, mobil hanya sampai Puncu", "35.06.08"},
        {"sudah sampai Surabaya, tidak punya ongkos", "35.78"},
        {"neneknya buta dan sakit. sapeken. kapal sabtu baru ada", "35.29.25"},
        {"anak yatim panas di sapeken", "35.29.25"},
        {"bayarnya sapeken sekali", ""},
        {"anak2 makan umbi di lunang", "13.01.10"},
        {"mak nya lari, tinggal berdua di pondok sawit, lunang. apak kerja di malaysia", "13.01.10"},
        {"Kami keluarga di Tanah Datar. Keponakan dititipkan di LPKS", "13.04"},
        {"Keluarga kami di Surabaya, anak dipukuli di Dampit", "35.07.05"},
        {"Saya sering belanja ke Kota Pasuruan, di lampu merah ada anak jual tisu", "35.75"},
        {"Saya sering ke Kota Pasuruan, di rumah ada ibu yang lumpuh", ""},
        {"di hulu makalo pagai selatan anak2 kami muntah", "13.09.10"},
        {"Korban asal Palembayan sudah pulang dua minggu, minta pendampingan", "13.06.11"},
        {"rombongan asal Brebes sudah pulang, saya tertinggal", ""},
        {"turun dari bus di terminal Bareh Solok, uangnya habis", "13.72"},
        {"ada anak tersesat di GBT", "35.78"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* From where somebody is, a thing's name and a way there, beside the place of the event. */
static void test_origin_and_side_beside_the_event(void **state) {
    static const struct expected cases[] = {
        {"anak Jember ngekos di Lowokwaru mau bunuh diri", "35.73.05"},
        {"sepupu kerja ART di perumahan sidoarjo, gaji 7 bulan ga dibayar, KTP ditahan", "35.15"},
        {"sepupu kerja ART di perumahan sidoarjo, ibunya di rumah sakit", ""},
        {"Nenek sendirian makan kiriman musala. Anak tunggal di Batam jarang menghubungi.", ""},
        {"anak tunggal di Dampit dipukuli bapaknya", "35.07.05"},
        {"diusir suami tengah malam. Keluarga kandung di Nganjuk tidak dapat dihubungi.", ""},
        {"keluarga di Nganjuk minta tolong dihubungi, rumahnya roboh", "35.18"},
        {"muntah semua di dusun simatalu siberut barat, boat rusak", "13.09.05"},
        {"Disentuh tukang ojek, kejadian kemarin siang. Tiris. Anaknya demam dan tidak mau dilepas",
            "35.13.07"},
        {"Butuh bantuan: terpal. Tiris. Paku.", ""},
        {"Wali nagari dari Dharmasraya menyampaikan seorang lelaki tua berkeliaran", "13.10"},
        {"Amak di Maek, Limapuluah Kota, umua 68 tingga surang", "13.07.12"},
        {"arek Lamongan kecelakaan nang Benowo", "35.78.19"},
        {"bocah madiun ketemu nang Kertosono nangis", "35.18.08"},
        {"temanku anak Lumajang di kosan Sumbersari mabuk lem", "35.09.21"},
        {"anak Jombang dipukuli guru", "35.17"},
        {"anak Malang hilang di Kepanjen", "35.07.13"},
        {"jalan Gumitir sisi Kalibaru macet ada orang pingsan", "35.10.11"},
        {"Gunung Gumitir bagian Kalibaru ada mayat", "35.10.11"},
        {"Tari Gandrung Banyuwangi tampil kemarin", ""},
        {"Reog Ponorogo tampil semalam", ""},
        {"beli brem Madiun dan tape Bondowoso", ""},
        {"nonton reog di Ponorogo ada yang pingsan", "35.02"},
        {"eppa' dari Malaysia dapa' ka Juanda lagghu', compo'na e dhisa Tlanakan", "35.28.01"},
        {"kakak dari Malaysia sampai Juanda besok, ibunya di Kadur sakit", "35.28.12"},
        {"ikut bibi ke surabaya, disuruh nemenin tamu di kamar kos daerah putat jaya", "35.78.06"},
        {"di kamar kos daerah putat jaya ada anak dijual", ""},
        {"perantau Jawa kehabisan bekal, bisakah dipulangkan dari Padang Panjang?", "13.74"},
        {"minta dipulangkan dari Batam, uang habis", "21.71"},
        {"ODGJ dipulangkan dari Batam", ""},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* Who is home again, and nothing has happened elsewhere. */
static void test_home_again(void **state) {
    static const struct expected cases[] = {
        {"PMI dari Malaysia sudah pulang ke Sampung, Kabupaten Ponorogo", "35.02.14"},
        {"Dinsos Kabupaten Blitar: klien sudah pulang ke Talun, Kabupaten Blitar", "35.05.14"},
        {"Di RSUD Ngudi Waluyo dua minggu, sudah pulang ke Talun, Kabupaten Blitar", "35.05.14"},
        {"Suami dirawat di RSUD Soetomo, sekarang sudah pulang ke Sugihwaras", "35.22.07"},
        {"Lansia ditemukan di Terminal Arjosari, sudah pulang ke Talun, Kabupaten Blitar", "35.73"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* More short names, and districts of West Sumatra in small letters or as they are spoken. */
static void test_more_short_and_spoken_names(void **state) {
    static const struct expected cases[] = {
        {"Deket lmgan banjir", "35.24.25"},
        {"bapak dipasung di Plaosan mgtan", "35.20.07"},
        {"Kwanyar bngklan ada kebakaran", "35.26.11"},
        {"balita gizi buruk di Rejoso ngjuk", "35.18.16"},
        {"Sbr malang situbondo longsor", "35.12.15"},
        {"nenek sakit di Sbr suko lumajang", "35.08.21"},
        {"sbr wringin kab bondowoso banjir", "35.11.18"},
        {"Gedek mojokerto kab banjir", "35.16.14"},
        {"nenek tidur di gedek", ""},
        {"dekat pantai Siberut Barat ado urang hanyuik", "13.09.05"},
        {"orang hilang di hutan pagai utara", "13.09.01"},
        {"d kampung hulu sipora selatan banjir", "13.09.02"},
        {"di pantai timur banjir", ""},
        {"rumah tabaka di Limo Kaum", "13.04.04"},
        {"urang sakik di Siluangkang", "13.73.03"},
        {"kampuang ambo di Ulakan", "13.05.10"},
        {"oreng kene' epokol e dhisa Kadur", "35.28.12"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* From where somebody is who lives elsewhere, work that is only promised, who lands and who reports. */
static void test_lived_in_promised_and_reported(void **state) {
    static const struct expected cases[] = {
        {"Saya asal Ngawi, ngekos dan kerja pabrik di Balongbendo. Upah saya ditahan bos", "35.15.12"},
        {"Saya asli Tuban, sekarang kontrak di rumah Driyorejo. Foto saya disebar", "35.25.15"},
        {"saya asal Magetan, sekarang kerja di Driyorejo. Diancam debt collector", "35.25.15"},
        {"saya asal Magetan, kerja di Driyorejo. nenek saya dipasung", "35.20"},
        {"Babinsa Watulimo melapor: calo merekrut anak gadis untuk kerja kafe di Batam", "35.03.08"},
        {"Kades Pakel melapor: sponsor mendata ibu-ibu untuk kerja rumah tangga di Jakarta", ""},
        {"Camat Bendungan melapor, longsor di Tugu Trenggalek", "35.03.05"},
        {"adik direkrut untuk kerja kafe di Batam, ternyata disekap", "21.71"},
        {"Keluarga di Tambak (Bawean) minta penjemputan: kakak dari Malaysia, tiba nanti malam di Juanda",
            "35.25.18"},
        {"PMI sakit mendarat besok jam 9 pagi di Juanda, keluarga di Watulimo", "35.03.08"},
        {"dompet hilang di Juanda tadi pagi", "35.15"},
        {"babinsa tiris lapor, jembatan putus", "35.13.07"},
        {"Bhabin Tiris melapor jembatan putus", "35.13.07"},
        {"kades ijen lapor, banjir lumpur", "35.11.19"},
        {"kec. Ijen butuh bantuan air", "35.11.19"},
        {"anak hilang di Ijen", ""},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* Who has come home lately, was let out, or is back from a visit. */
static void test_come_home_and_come_back(void **state) {
    static const struct expected cases[] = {
        {"kakak perempuan barusan pulang ke rumah ibunya di Panggul trenggalek, pipinya lebam", "35.03.01"},
        {"adik kemarin pulang ke rumah mertuanya di Dongko, badannya memar", "35.03.04"},
        {"kakak mau pulang ke rumah ibunya di Dongko", ""},
        {"ayah bebas dari penjara kemarin, pulang ke Dongko, tetangga takut", "35.03.04"},
        {"kakak keluar dari rutan tadi, pulang ke sawoo ponorogo keluarga menolak", "35.02.05"},
        {"kakak bebas dari lapas besok, pulang ke Dongko", ""},
        {"pulang ke lubuk alung padang pariaman tp warga mengusir", "13.05.01"},
        {"Kader pulang dari Dungkek Sumenep: ada lansia dipasung", "35.29.18"},
        {"petugas baru pulang dari Dongko, ada anak gizi buruk", "35.03.04"},
        {"sejak pulang dari Dongko sakit-sakitan", ""},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* Harbours, crossings, shops, islands, Madurese names and what everybody knows in a city. */
static void test_named_by_what_everybody_knows(void **state) {
    static const struct expected cases[] = {
        {"ketapang mau nyebrang ke gilimanuk, tas dicuri", "35.10"},
        {"saya di ketapang mau ke bali, uang habis", "35.10"},
        {"Ketapang Sampang banjir, tidak bisa nyebrang", "35.27.12"},
        {"lansia kehujanan di prapatan maron", "35.13.17"},
        {"simpang tiga Pagu ada orang gila mengamuk", "35.06.11"},
        {"anak jalanan di simpang sampung", "35.02.14"},
        {"mobil terguling di perempatan palang", ""},
        {"kecelakaan di pertigaan barat", ""},
        {"ngamuk bawa linggis di perempatan kamal", ""},
        {"penjaga warung Dongko dipukuli preman", "35.03.04"},
        {"saya makan di warung Dongko", ""},
        {"karyawan toko Dongko dipukul", "35.03.04"},
        {"pemilik warung Padang dipukul", ""},
        {"oreng polo Mandangin ta' gadhuwan berras", "35.27.03"},
        {"bada oreng sake' e polo mandhangin", "35.27.03"},
        {"oreng e Ghapora katerrong", "35.29.19"},
        {"compo' obbar e Kadhur", "35.28.12"},
        {"embu' sake' e Bato Pote", "35.29.17"},
        {"bocah ilang ngarep siola", "35.78.07"},
        {"kami di nagari surian, pantai cermin", "13.02.03"},
        {"banjir di surian, kec pantai cermin", "13.02.03"},
        {"Asal Sragen. Katanya: 'Jl. Mawar 3 Kota Madiun'", "35.77"},
        {"kakek bingung, tertulis 'Perum Indah, Kota Kediri'.", "35.71"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* Who only wants to go somewhere, children that are kept elsewhere, and who was lured away. */
static void test_wished_kept_and_lured(void **state) {
    static const struct expected cases[] = {
        {"Satpam Terminal Arjosari: ibu muda menari di jalur bus. Katanya dari Trenggalek, mau manggung di "
         "Surabaya.",
            "35.73"},
        {"Wanita ini saya temukan di Pare, pengen konser di Jakarta omongannya", "35.06.17"},
        {"Lansia telantar di pasar Babat. Mau ikut pengajian di Jombang katanya", "35.24.05"},
        {"saya mau cari adik saya yang hilang di Surabaya, saya dari Tuban", "35.78"},
        {"Perempuan hamil, telepon dari wilayah Sawahan Surabaya. Diancam mucikari, anaknya dititip di "
         "Madura.",
            "35.78.06"},
        {"ibu muda di Wonokromo disekap pacar. Bayinya dititipkan neneknya di Bangkalan.", "35.78.04"},
        {"saya kerja di Surabaya, anak saya titipkan neneknya di Tuban, sekarang sakit", "35.23"},
        {"Santri asal Galengdowo Jombang kabur ke Denpasar Bali diajak pacar, ternyata dijual", "51.71"},
        {"Siswi asal Lumajang kabur ke Balikpapan sama kenalan FB, di sana dijual ke om-om", "64.71"},
        {"adik saya asal Tuban ikut pacarnya ke Jombang, pulang lagi ke Tuban lalu dikurung", "35.23"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* Where the teller works, or lives with children, who tells of home; and who does not know whom to ask. */
static void test_told_of_home(void **state) {
    static const struct expected cases[] = {
        {"keponakanku mau dinikahin. ini di desa ibuku, aku kuliah di sby jadi bingung lapor kemana", ""},
        {"tetangga di kampung dirantai, aku kerja di Sidoarjo gak bisa pulang", ""},
        {"saya kerja di Surabaya, sering dipukul majikan, orang tua di kampung tidak tahu", "35.78"},
        {"saya perantau asal Agam jualan nasi di Sidoarjo. Di kampung saya, kecamatan Ampek Nagari, abang "
         "sepupu dipasung",
            "13.06.13"},
        {"Perantau Solok Selatan, jualan di Surabaya. Di kampung kami, Sungai Pagu, ibu telantar",
            "13.11.02"},
        {"Saya buka warung di Gresik, di kampung saya Bungkal ponakan dirantai", "35.02.03"},
        {"Saya ikut anak di Sidoarjo tapi tiap bulan pulang ke Trebungan, Bondowoso. Di belakang rumah ada "
         "bilik bambu",
            "35.11.21"},
        {"Saya ikut anak di Surabaya, tiap lebaran pulang ke Dongko. Di sana keponakan dirantai", "35.03.04"},
        {"Sekarang saya ikut menantu di Gresik. Kampung saya Kalipare, di sana tetangga dikurung",
            "35.07.11"},
        {"nenek ikut anak di Krian tidak diberi makan. saya di Lamongan", "35.15.11"},
        {"dari Johor: \"7 orang dikunci. Kami semua asal Robatal.\" Saya di Sidoarjo tidak tahu harus lapor "
         "ke siapa",
            "35.27.10"},
        {"Adik saya TKI asal Ngraho disekap di Kamboja, saya di Bekasi bingung harus lapor kemana",
            "35.22.01"},
        {"saya di Dampit tidak tahu harus lapor ke siapa, tetangga dirantai", "35.07.05"},
        {"Wali jorong di Malalak melaporkan perempuan sesak napas. Anak di Jambi tidak dapat dihubungi.",
            "13.06.16"},
        {"Mbah Karsi hidup sendiri di Panggul. Cucu di Batam nomornya tidak aktif", "35.03.01"},
        {"orang Kalidawir, kena razia di Taiwan. Dari Juanda ke rumah tidak tahu naik apa", "35.04.14"},
        {"PMI dari Wagir dideportasi, dari bandara Juanda ke rumah tidak ada ongkos", "35.07.21"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

/* Doubt between two, and places that were not read: feasts, outings, invitations, signatures, two Pasaman. */
static void test_doubted_visited_and_signed(void **state) {
    static const struct expected cases[] = {
        {"Lokasinya Tegalombo sana katanya, eh atau Tegalsari ya, saya kurang jelas", ""},
        {"Ada orang dipasung di Ngantang, eh apa Pujon ya, kurang tahu", "35.07"},
        {"banjir di Dampit dan Turen, makanan kurang", "35.07.05"},
        {"wayangan bersih desa nganjuk malem jumat kliwon", "35.18"},
        {"dana desa Sampang dikorupsi", "35.27"},
        {"Piknik RT ke Papuma Wuluhan Jember minggu depan, iuran 60rb bus", "35.09.11"},
        {"Libur panjang, sekeluarga ke Kota Jogja, Malioboro penuh sesak", "34.71"},
        {"Buat yang bilang pasung udah ga ada, main2 ke kokop bkln. Sepupu saya dirantai", "35.26.10"},
        {"silakan cek langsung ke Panggul, nenek makan gaplek", "35.03.01"},
        {"sy dan anak blm mkn dr kmrn pagi. tiris dsn krajan", "35.13.07"},
        {"di rumah makan Asembagus dua anak dipaksa mencuci kaca bus", "35.12.13"},
        {"di rumah makan Padang ada anak dipukul", ""},
        {"Titipan pesan radio dari guru di Siberut Barat Daya: ombak tinggi, bidan belum ada", "13.09.06"},
        {"dipasuang di Malampah Barat, Pasaman", "13.08.13"},
        {"Nagari Kajai, Pasaman", "13.12.04"},
        {"di sutera pasisia ado anduang iduik di pondok", "13.01.08"},
        {"Kami tingga di Danau Kembar", "13.02.19"},
        {"di depan balaikota malang ada mbah kakung", "35.73.02"},
    };
    areas_check(*state, cases, sizeof cases / sizeof *cases);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_no_names),
        cmocka_unit_test(test_roles),
        cmocka_unit_test(test_addresses_in_small),
        cmocka_unit_test(test_signatures),
        cmocka_unit_test(test_landmarks_tell_twins),
        cmocka_unit_test(test_words_that_are_said_to_be_places),
        cmocka_unit_test(test_home_and_not_the_way),
        cmocka_unit_test(test_whom_it_is_about),
        cmocka_unit_test(test_short_ways_to_say_where),
        cmocka_unit_test(test_every_landmark_is_somewhere),
        cmocka_unit_test(test_which_of_two),
        cmocka_unit_test(test_short_regencies),
        cmocka_unit_test(test_former_places),
        cmocka_unit_test(test_roads),
        cmocka_unit_test(test_tellers),
        cmocka_unit_test(test_village_here_district_elsewhere),
        cmocka_unit_test(test_origins),
        cmocka_unit_test(test_on_the_way),
        cmocka_unit_test(test_cities_elsewhere),
        cmocka_unit_test(test_news),
        cmocka_unit_test(test_own_office),
        cmocka_unit_test(test_destinations),
        cmocka_unit_test(test_people_in_small),
        cmocka_unit_test(test_twins_beside),
        cmocka_unit_test(test_many_villages_hide_no_district),
        cmocka_unit_test(test_one_of_two_stays_two),
        cmocka_unit_test(test_end_of_the_way),
        cmocka_unit_test(test_home_and_not_the_teller),
        cmocka_unit_test(test_on_a_border),
        cmocka_unit_test(test_told_in_few_letters),
        cmocka_unit_test(test_work_and_origin_beside_the_event),
        cmocka_unit_test(test_near_is_not_in),
        cmocka_unit_test(test_asked_and_not_denied),
        cmocka_unit_test(test_districts_that_head_a_message),
        cmocka_unit_test(test_short_names_misspelt),
        cmocka_unit_test(test_in_west_sumatra),
        cmocka_unit_test(test_landmarks_of_districts),
        cmocka_unit_test(test_twins_of_another_province),
        cmocka_unit_test(test_where_the_teller_works),
        cmocka_unit_test(test_neighbours_tell_twins),
        cmocka_unit_test(test_named_in_other_ways),
        cmocka_unit_test(test_from_elsewhere_and_brought_here),
        cmocka_unit_test(test_side_of_a_landmark),
        cmocka_unit_test(test_kinds_of_place_that_end_a_sentence),
        cmocka_unit_test(test_named_by_what_stands_there),
        cmocka_unit_test(test_wrong_kind_before_the_only_one),
        cmocka_unit_test(test_home_of_who_is_abroad),
        cmocka_unit_test(test_short_and_spoken_names),
        cmocka_unit_test(test_titles_before_districts),
        cmocka_unit_test(test_villages_elsewhere),
        cmocka_unit_test(test_many_villages_elsewhere),
        cmocka_unit_test(test_where_they_land),
        cmocka_unit_test(test_beside_what_is_told),
        cmocka_unit_test(test_aside_and_as_far_as),
        cmocka_unit_test(test_origin_and_side_beside_the_event),
        cmocka_unit_test(test_home_again),
        cmocka_unit_test(test_more_short_and_spoken_names),
        cmocka_unit_test(test_lived_in_promised_and_reported),
        cmocka_unit_test(test_come_home_and_come_back),
        cmocka_unit_test(test_named_by_what_everybody_knows),
        cmocka_unit_test(test_days_behind_names_and_where_tellers_are),
        cmocka_unit_test(test_written_twice_and_in_front_of_a_sentence),
        cmocka_unit_test(test_aside_of_the_event),
        cmocka_unit_test(test_from_there_and_nowhere_else),
        cmocka_unit_test(test_by_now_and_elsewhere),
        cmocka_unit_test(test_of_drivers),
        cmocka_unit_test(test_which_of_many_and_of_what),
        cmocka_unit_test(test_of_several_and_of_neither),
        cmocka_unit_test(test_spoken_in_other_languages),
        cmocka_unit_test(test_wished_kept_and_lured),
        cmocka_unit_test(test_told_of_home),
        cmocka_unit_test(test_doubted_visited_and_signed),
        cmocka_unit_test(test_spellings),
        cmocka_unit_test(test_every_district),
        cmocka_unit_test(test_twins_stay_two),
        cmocka_unit_test(test_the_message_decides_between_twins),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_site_of_another_province),
        cmocka_unit_test(test_position),
        cmocka_unit_test(test_position_far_from_the_text),
        cmocka_unit_test(test_declared),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
