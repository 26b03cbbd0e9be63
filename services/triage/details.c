#include "services/triage/details.h"

#include <stdlib.h>
#include <string.h>

static const struct row {
    enum detail_class class;
    const char *words; /* as they are written; folded like messages when the table is made */
} rows[] = {
    {DETAIL_SURROUNDING, "pasar los pasa peken lapak"},
    {DETAIL_SURROUNDING, "terminal halte"},
    {DETAIL_SURROUNDING, "stasiun peron"},
    {DETAIL_SURROUNDING, "masjid mushola musala surau langgar mesjid tajug musajik langgher"},
    {DETAIL_SURROUNDING, "gereja greja"},
    {DETAIL_SURROUNDING, "pura vihara klenteng"},
    {DETAIL_SURROUNDING, "jembatan kreteg kolong flyover ngarai jambatan titian tol"},
    {DETAIL_SURROUNDING, "kos kosan kost indekos"},
    {DETAIL_SURROUNDING, "sekolah sd smp sma smk sdn mts sikola kelas"},
    {DETAIL_SURROUNDING, "pondok pesantren ponpes asrama"},
    {DETAIL_SURROUNDING, "puskesmas polindes klinik pustu posyandu"},
    {DETAIL_SURROUNDING, "rsud rs igd rumkit"},
    {DETAIL_SURROUNDING, "hotel penginapan losmen"},
    {DETAIL_SURROUNDING, "kontrakan rusun kontrak"},
    {DETAIL_SURROUNDING, "sungai kali embung waduk bengawan songai songay kanal irigasi"},
    {DETAIL_SURROUNDING, "sumur sumor perigi"},
    {DETAIL_SURROUNDING, "mandi jeding toilet wc jhedhing kakus"},
    {DETAIL_SURROUNDING, "dapur pawon dapua"},
    {DETAIL_SURROUNDING, "kandang kandhang"},
    {DETAIL_SURROUNDING, "gubuk bedeng pondhok gudang"},
    {DETAIL_SURROUNDING, "toko ruko indomaret minimarket emperan kadai kios"},
    {DETAIL_SURROUNDING, "balai"},
    {DETAIL_SURROUNDING, "ronda kamling"},
    {DETAIL_SURROUNDING, "alun"},
    {DETAIL_SURROUNDING, "perempatan lampu simpang pertigaan bangjo"},
    {DETAIL_SURROUNDING, "rel kereta palang"},
    {DETAIL_SURROUNDING, "perumahan blok perum komplek"},
    {DETAIL_SURROUNDING, "pabrik"},
    {DETAIL_SURROUNDING, "panti"},
    {DETAIL_SURROUNDING, "pom spbu"},
    {DETAIL_SURROUNDING, "sawah ladang kebun tegalan parak"},
    {DETAIL_SURROUNDING, "polsek polres"},
    {DETAIL_SURROUNDING, "tower menara sutet"},
    {DETAIL_SURROUNDING, "warung kafe karaoke lapau"},
    {DETAIL_SURROUNDING, "teras"},
    {DETAIL_SURROUNDING, "atap genteng loteng"},
    {DETAIL_SURROUNDING, "pohon wit"},
    {DETAIL_SURROUNDING, "parkir parkiran"},
    {DETAIL_SURROUNDING, "bandara pelabuhan dermaga"},
    {DETAIL_SURROUNDING, "makam kuburan pasarean"},
    {DETAIL_SURROUNDING, "lapas rutan penjara sel"},
    {DETAIL_SURROUNDING, "kamar bilik"},
    {DETAIL_SURROUNDING, "pantai laut segoro pesisir"},
    {DETAIL_SURROUNDING, "hutan alas gunung rimba"},

    {DETAIL_WHO, "guru ustad ustadz kiai pengajar ngaji tpq pembina"},
    {DETAIL_WHO, "tiri sambung"},
    {DETAIL_WHO, "kandung"},
    {DETAIL_WHO, "paman om pakde paklik mamak"},
    {DETAIL_WHO, "majikan bos juragan mandor"},
    {DETAIL_WHO, "agen calo penyalur sponsor"},
    {DETAIL_WHO, "pasangan pacar pacaran pacarnya"},
    {DETAIL_WHO, "senior kakak"},
    {DETAIL_WHO, "mertua menantu mantu"},
    {DETAIL_WHO, "teman kawan kanca konco koncone sekelas"},
    {DETAIL_WHO, "suami laki lakinya bojo"},
    {DETAIL_WHO, "cucu putu"},

    {DETAIL_HARM, "jatuh tiba cemplung kecemplung ndlosor terjatuh jatuah gagger nibo terpeleset"},
    {DETAIL_HARM, "loncat lompat terjun aloncat malompek melompat"},
    {DETAIL_HARM, "gantung nggantung"},
    {DETAIL_HARM, "sayat silet nyilet cutter iris"},
    {DETAIL_HARM, "racun baygon nyamuk karbol pembersih apotas potas"},
    {DETAIL_HARM, "bakar kobong obong tabaka kobbhung"},
    {DETAIL_HARM,
        "pukul gebuk hantam antem hajar tampar lebam memar tinju gebug keprak nampiling babak biru"},
    {DETAIL_HARM, "selang cambuk sabet"},
    {DETAIL_HARM, "siram nyiram melepuh melapuh air panas"},
    {DETAIL_HARM, "rokok sundut"},
    {DETAIL_HARM, "cekik mencekik jerat"},
    {DETAIL_HARM, "tendang injak jambak"},
    {DETAIL_HARM, "tusuk bacok tikam tebas bacot"},
    {DETAIL_HARM, "tenggelam hanyut kelelep anyut kintir"},
    {DETAIL_HARM, "setubuh cabul raba perkosa gerayang nggerayangi pegang perkaos lecehkan leceh"},
    {DETAIL_HARM, "tertimbun kurug kurugan timbun timpa tertimpa"},
    {DETAIL_HARM, "tabrak senggol serempet ketabrak"},

    {DETAIL_WEAPON, "tali tambang tampar selendang"},
    {DETAIL_WEAPON, "pisau lading belati ladiang"},
    {DETAIL_WEAPON, "arit clurit celurit sabit are"},
    {DETAIL_WEAPON, "parang golok bendo bendho badik mandau"},
    {DETAIL_WEAPON, "linggis"},
    {DETAIL_WEAPON, "kapak kampak"},
    {DETAIL_WEAPON, "helm"},
    {DETAIL_WEAPON, "sabuk pinggang"},
    {DETAIL_WEAPON, "rotan kayu bambu pentung sapu"},
    {DETAIL_WEAPON, "batu"},
    {DETAIL_WEAPON, "panah tombak"},
    {DETAIL_WEAPON, "bensin karosin minyak solar"},
    {DETAIL_WEAPON, "rantai rante dirante dirantai borgol gembok"},
    {DETAIL_WEAPON, "balok pasung"},
    {DETAIL_WEAPON, "kerangkeng kurung kurungan teralis"},

    {DETAIL_BODY, "kepala sirah sirahe kapalo"},
    {DETAIL_BODY, "tangan lengan tanang jari"},
    {DETAIL_BODY, "kaki sikil sikile suku soko"},
    {DETAIL_BODY, "punggung geger belakangnya"},
    {DETAIL_BODY, "perut weteng"},
    {DETAIL_BODY, "mata matanya"},
    {DETAIL_BODY, "telinga kuping"},
    {DETAIL_BODY, "wajah muka pipi rai"},
    {DETAIL_BODY, "leher"},
    {DETAIL_BODY, "kelamin"},
    {DETAIL_BODY, "gigi mulut bibir"},
    {DETAIL_BODY, "pantat bokong paha"},

    {DETAIL_STATE, "hamil meteng tandu bunting perutnya"},
    {DETAIL_STATE, "meninggal mati tewas seda maningga mayat jenazah wafat pejah"},
    {DETAIL_STATE, "hilang ilang leceng"},
    {DETAIL_STATE, "koma kritis pingsan semaput"},
    {DETAIL_STATE, "stroke lumpuh terbaring"},
    {DETAIL_STATE, "buta netra picak"},
    {DETAIL_STATE, "bisu tuli rungu wicara"},
    {DETAIL_STATE, "pikun linglung bingung sesat nyasar lali"},
    {DETAIL_STATE, "telanjang wudo bugil"},
    {DETAIL_STATE, "sakau tramadol pil"},
    {DETAIL_STATE, "sabu nyabu"},
    {DETAIL_STATE, "lem aibon"},
    {DETAIL_STATE, "kejang step"},
    {DETAIL_STATE, "belatung ulat baulek beulat"},

    {DETAIL_ABROAD, "malaysia johor sabah"},
    {DETAIL_ABROAD, "kamboja myanmar"},
    {DETAIL_ABROAD, "arab riyadh saudi jeddah"},
    {DETAIL_ABROAD, "hongkong"},
    {DETAIL_ABROAD, "taiwan"},
    {DETAIL_ABROAD, "singapura"},
    {DETAIL_ABROAD, "dubai qatar oman kuwait"},
    {DETAIL_ABROAD, "suriah turki irak"},
    {DETAIL_ABROAD, "korea jepang"},

    {DETAIL_THING, "kardus kresek karung tas"},
    {DETAIL_THING, "jarik sarung kain selimut bedong"},
    {DETAIL_THING, "surat pesan"},
    {DETAIL_THING, "kursi roda"},
    {DETAIL_THING, "popok pampers"},
    {DETAIL_THING, "lapar kelaparan ngelih makan ngakan mangan"},
    {DETAIL_THING, "singkong gaplek aking pisang"},
    {DETAIL_THING, "susu"},
    {DETAIL_THING, "beras"},
    {DETAIL_THING, "roboh ambruk rubuh runtuh reyot miring"},
    {DETAIL_THING, "bocor trocoh"},
    {DETAIL_THING, "usir oser tolak"},
    {DETAIL_THING, "nikah kawin dikawin"},
    {DETAIL_THING, "paspor visa"},
    {DETAIL_THING, "gaji upah bayaran"},
    {DETAIL_THING, "jual dol adol"},
    {DETAIL_THING, "mabuk mendem miras ciu"},
    {DETAIL_THING, "obat"},
    {DETAIL_THING, "suntik"},
    {DETAIL_THING, "luka borok dekubitus busuk bosok lecet luko tatu"},
    {DETAIL_THING, "demam panas"},
    {DETAIL_THING, "muntah"},
    {DETAIL_THING, "batuk"},
    {DETAIL_THING, "sendiri dewe dewekan surang kadhibi sorang"},
    {DETAIL_THING, "gerobak"},
    {DETAIL_THING, "ngemis pengemis minta2 ngamis"},
    {DETAIL_THING, "ngamen pengamen pamen"},
    {DETAIL_THING, "silver badut"},
    {DETAIL_THING, "tisu koran"},
    {DETAIL_THING, "maling curi colong cilok"},
    {DETAIL_THING, "tawuran bentrok bacakak silat perang"},
    {DETAIL_THING, "massa keroyok amuk"},
    {DETAIL_THING, "ngamuk amuk kumat mengamuk"},
    {DETAIL_THING, "longsor"},
    {DETAIL_THING, "gempa lindu"},
    {DETAIL_THING, "banjir rob galodo bandang lahar"},
    {DETAIL_THING, "puting beliung angin"},
    {DETAIL_THING, "kebakaran api ludes"},
    {DETAIL_THING, "kering asat kekeringan"},
    {DETAIL_THING, "video foto potret"},
    {DETAIL_THING, "darah getih"},
    {DETAIL_THING, "patah retak"},
    {DETAIL_THING, "kusta lepra oypmk"},
    {DETAIL_THING, "hiv odha arv aids"},
    {DETAIL_THING, "pkh bpnt kks bansos"},
    {DETAIL_THING, "potong pungut"},
    {DETAIL_THING, "ktp kk nik"},
    {DETAIL_THING, "kecopetan copet dompet rampok"},
    {DETAIL_THING, "ongkos bekal tiket"},
    {DETAIL_THING, "bayi orok"},
    {DETAIL_THING, "kembar"},
    {DETAIL_THING, "pengungsi ngungsi ungsi mangungsi"},
    {DETAIL_THING, "tetangga tonggo tatangga"},
    {DETAIL_THING, "teriak jerit bengok tereak"},
    {DETAIL_THING, "tangis nangis"},
    {DETAIL_THING, "kunci dikunci tutup gembok"},
    {DETAIL_THING, "lari kabur minggat"},
    {DETAIL_THING, "ancam"},
    {DETAIL_THING, "ludah"},
    {DETAIL_THING, "motor"},
    {DETAIL_THING, "mobil"},
    {DETAIL_THING, "becak bus bis truk angkot"},
    {DETAIL_THING, "boneka"},
    {DETAIL_THING, "yatim piatu"},
    {DETAIL_THING, "tahan sekap disekap tampung"},
    {DETAIL_THING, "opname rawat inap dirawat"},
    {DETAIL_THING, "tetraplegi cerebral palsy cp care"},
    {DETAIL_THING, "bisik suara halusinasi"},
    {DETAIL_THING, "dagang pedagang tagak"},
    {DETAIL_THING, "sepatu sandal"},
    {DETAIL_THING, "bengkel"},
    {DETAIL_THING, "ternak kambing sapi ayam"},
    {DETAIL_THING, "listrik"},
    {DETAIL_THING, "pintu lawang"},
    {DETAIL_THING, "jendela candela"},
    {DETAIL_THING, "hujan ujan"},
    {DETAIL_THING, "telepon telpon hp vc"},
    {DETAIL_THING, "rambut gimbal gembel"},
    {DETAIL_THING, "tangga"},
    {DETAIL_THING, "lantai"},
    {DETAIL_THING, "kasur tikar"},
    {DETAIL_THING, "balon bunga"},
    {DETAIL_THING, "jemput"},
    {DETAIL_THING, "pulang mulih baliak"},
    {DETAIL_THING, "berangkat budal"},
    {DETAIL_THING, "scammer judol admin penipuan"},
    {DETAIL_THING, "michat open bo tamu"},
    {DETAIL_THING, "restoran art pembantu"},
    {DETAIL_THING, "modal"},
    {DETAIL_THING, "pelatihan kursus"},
    {DETAIL_THING, "pijat"},
    {DETAIL_THING, "jahit"},
    {DETAIL_THING, "etalase"},
    {DETAIL_THING, "kompor"},
    {DETAIL_THING, "rongsok pemulung rombeng"},
    {DETAIL_THING, "kuli tukang"},
    {DETAIL_THING, "cuci"},
    {DETAIL_THING, "petani tani"},
    {DETAIL_THING, "nelayan perahu kapal parao"},
    {DETAIL_THING, "sopir supir"},
    {DETAIL_THING, "perawat bidan"},
    {DETAIL_THING, "tentara"},
    {DETAIL_THING, "satpam"},
    {DETAIL_THING, "sidang diversi"},
    {DETAIL_THING, "bela"},
    {DETAIL_THING, "pesawat"},
    {DETAIL_THING, "tabung gas"},
    {DETAIL_THING, "asap"},
    {DETAIL_THING, "abu lahar awan"},
    {DETAIL_THING, "amblas ambles"},
    {DETAIL_THING, "putus putuih pedot isolir"},
    {DETAIL_THING, "dapur umum logistik"},
    {DETAIL_THING, "tenda terpal"},
    {DETAIL_THING, "lumpur"},
    {DETAIL_THING, "darurat"},
    {DETAIL_THING, "campak diare muntaber"},
    {DETAIL_THING, "kutil kudis kurap"},
    {DETAIL_THING, "kanker tumor"},
    {DETAIL_THING, "paru tbc"},
    {DETAIL_THING, "jantung sesak napas"},
    {DETAIL_THING, "gula diabetes"},
    {DETAIL_THING, "asma"},
    {DETAIL_THING, "cerai pegat pisah"},
    {DETAIL_THING, "gizi kurus stunting berat kilo bb"},
    {DETAIL_THING, "buang dibuang temu penemuan nemu"},
    {DETAIL_THING, "ikat iket dika cancang tali"},
};

static_assert(sizeof rows / sizeof rows[0] <= DETAILS_MAX, "one bit for each");

enum {
    SLOTS = 2048,                 /* for some 700 words */
    READ_ARENA_BYTES = 256 * 1024 /* a row at a time, as text_read takes it */
};

struct slot {
    uint64_t hash; /* of the folded word; 0: free */
    struct detail_set set;
};

struct details {
    struct detail_set classes[DETAIL_CLASSES];
    struct slot slots[SLOTS];
    size_t count;
};

static size_t slot_of(const struct details *details, uint64_t hash) {
    size_t at = hash & (SLOTS - 1);
    while (details->slots[at].hash && details->slots[at].hash != hash)
        at = (at + 1) & (SLOTS - 1);
    return at;
}

static bool word_put(struct details *details, uint64_t hash, size_t row) {
    struct slot *slot = &details->slots[slot_of(details, hash)];
    if (!slot->hash && ++details->count > SLOTS / 2)
        return false;
    slot->hash = hash;
    slot->set.bits[row / 64] |= UINT64_C(1) << row % 64;
    return true;
}

static bool row_put(
    struct details *details, struct arena *arena, const struct spelling *spelling, size_t row) {
    struct text text;
    arena_reset(arena);
    if (!text_read(arena, spelling, rows[row].words, strlen(rows[row].words), &text))
        return false;
    details->classes[rows[row].class].bits[row / 64] |= UINT64_C(1) << row % 64;
    for (size_t i = 0; i < text.count; i++)
        if (!word_put(details, text.words[i].hash, row))
            return false;
    return true;
}

struct details *details_new(const struct spelling *spelling) {
    struct details *details = calloc(1, sizeof *details);
    struct arena *arena = arena_new(READ_ARENA_BYTES);
    bool good = details && arena;
    for (size_t row = 0; good && row < sizeof rows / sizeof rows[0]; row++)
        good = row_put(details, arena, spelling, row);
    arena_free(&arena);
    if (!good)
        details_free(&details);
    return details;
}

void details_free(struct details **details) {
    free(*details);
    *details = NULL;
}

static void set_join(struct detail_set *set, const struct detail_set *other) {
    for (size_t i = 0; i < sizeof set->bits / sizeof set->bits[0]; i++)
        set->bits[i] |= other->bits[i];
}

void details_add(
    const struct details *details, const struct word *word, const char *stem, struct detail_set *out) {
    set_join(out, &details->slots[slot_of(details, word->hash)].set);
    if (strcmp(stem, word->key) != 0)
        set_join(out, &details->slots[slot_of(details, text_hash(stem))].set);
}

struct detail_set details_both(const struct detail_set *a, const struct detail_set *b) {
    struct detail_set both;
    for (size_t i = 0; i < sizeof both.bits / sizeof both.bits[0]; i++)
        both.bits[i] = a->bits[i] & b->bits[i];
    return both;
}

struct detail_set details_of(
    const struct details *details, const struct detail_set *set, enum detail_class class) {
    return details_both(set, &details->classes[class]);
}

struct detail_set details_without(
    const struct details *details, const struct detail_set *set, enum detail_class class) {
    struct detail_set rest = *set;
    for (size_t i = 0; i < sizeof rest.bits / sizeof rest.bits[0]; i++)
        rest.bits[i] &= ~details->classes[class].bits[i];
    return rest;
}

unsigned details_count(const struct detail_set *set) {
    unsigned count = 0;
    for (size_t i = 0; i < sizeof set->bits / sizeof set->bits[0]; i++)
        count += (unsigned)__builtin_popcountll(set->bits[i]);
    return count;
}
