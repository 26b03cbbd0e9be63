#include "services/triage/details.h"

#include "services/triage/stem.h"

#include <stdlib.h>
#include <string.h>

static const struct row {
    enum detail_class class;
    const char *words; /* as they are written; folded like messages when the table is made. a_b: one behind
                          the other */
} rows[] = {
    {DETAIL_SURROUNDING, "pasar los lapak peken pkl"},
    {DETAIL_SURROUNDING, "terminal"},
    {DETAIL_SURROUNDING, "halte shelter"},
    {DETAIL_SURROUNDING, "stasiun peron kereta"},
    {DETAIL_SURROUNDING,
        "masjid mushola musala surau langgar mesjid tajug musajik langgher serambi takmir jamaah marbot"},
    {DETAIL_SURROUNDING, "gereja greja pastoran"},
    {DETAIL_SURROUNDING, "pura vihara klenteng"},
    {DETAIL_SURROUNDING, "jembatan kreteg kolong flyover titian jambatan viaduk"},
    {DETAIL_SURROUNDING, "kos kosan kost indekos kosku"},
    {DETAIL_SURROUNDING, "sekolah sd smp smk sdn smpn sman mts sikola madrasah uks"},
    {DETAIL_SURROUNDING, "pondok pesantren ponpes asrama santri"},
    {DETAIL_SURROUNDING, "puskesmas polindes klinik pustu ponkesdes"},
    {DETAIL_SURROUNDING, "posyandu"},
    {DETAIL_SURROUNDING, "rsud rs igd rumkit rsu rumah_sakit kamar_jenazah"},
    {DETAIL_SURROUNDING, "hotel penginapan losmen melati"},
    {DETAIL_SURROUNDING, "kontrakan rusun rusunawa kontrak petak apartemen"},
    {DETAIL_SURROUNDING, "sungai di_kali ke_kali embung bengawan songai songay batang kanal bantaran"},
    {DETAIL_SURROUNDING, "irigasi selokan got parit comberan"},
    {DETAIL_SURROUNDING, "waduk bendungan danau telaga"},
    {DETAIL_SURROUNDING, "sumur sumor perigi"},
    {DETAIL_SURROUNDING, "jeding toilet wc jhedhing kakus jamban kamar_mandi"},
    {DETAIL_SURROUNDING, "dapur pawon dapua"},
    {DETAIL_SURROUNDING, "kandang kandhang"},
    {DETAIL_SURROUNDING, "gubuk bedeng pondhok dangau"},
    {DETAIL_SURROUNDING, "gudang"},
    {DETAIL_SURROUNDING, "toko ruko indomaret minimarket emperan kadai kios alfamart kelontong"},
    {DETAIL_SURROUNDING, "warung kafe cafe karaoke lapau warkop ewarung angkringan rombong kantin"},
    {DETAIL_SURROUNDING, "balai pendopo"},
    {DETAIL_SURROUNDING, "ronda kamling poskamling gardu"},
    {DETAIL_SURROUNDING, "alun taman"},
    {DETAIL_SURROUNDING, "perempatan simpang pertigaan bangjo bunderan proliman lampu_merah persimpangan"},
    {DETAIL_SURROUNDING, "rel perlintasan palang"},
    {DETAIL_SURROUNDING, "perumahan perum komplek"},
    {DETAIL_SURROUNDING, "pabrik industri"},
    {DETAIL_SURROUNDING, "panti"},
    {DETAIL_SURROUNDING, "pom spbu"},
    {DETAIL_SURROUNDING, "sawah tegalan parak pematang tambak"},
    {DETAIL_SURROUNDING, "ladang kebun tegal perkebunan"},
    {DETAIL_SURROUNDING, "polsek polres"},
    {DETAIL_SURROUNDING, "tower menara sutet tandon"},
    {DETAIL_SURROUNDING, "teras"},
    {DETAIL_SURROUNDING, "atap genteng loteng"},
    {DETAIL_SURROUNDING, "pohon wit batang"},
    {DETAIL_SURROUNDING, "parkir parkiran"},
    {DETAIL_SURROUNDING, "bandara pelabuhan dermaga loket"},
    {DETAIL_SURROUNDING, "pantai laut segoro pesisir tasek muara perairan"},
    {DETAIL_SURROUNDING, "makam kuburan pasarean pemakaman"},
    {DETAIL_SURROUNDING, "lapas rutan penjara sel"},
    {DETAIL_SURROUNDING, "kamar bilik biliak"},
    {DETAIL_SURROUNDING, "hutan alas gunung rimba rimbo"},
    {DETAIL_SURROUNDING, "trotoar pinggir tepi emper_toko"},
    {DETAIL_SURROUNDING, "halaman pelataran latar"},
    {DETAIL_SURROUNDING, "bengkel"},
    {DETAIL_SURROUNDING, "hotel villa vila"},
    {DETAIL_SURROUNDING, "bus bis angkot truk travel"},
    {DETAIL_SURROUNDING, "jurang tebing"},
    {DETAIL_SURROUNDING, "gang lorong"},
    {DETAIL_SURROUNDING, "tol rest"},

    {DETAIL_BOND, "belenggu dibelenggu rantai merantai rante dirante dirantai borgol diborgol"},
    {DETAIL_BOND, "tali mengikat tambang selendang rafia ikat iket taleni cancang diikat ditaleni simpul"},
    {DETAIL_BOND, "balok kayu dibalok"},
    {DETAIL_BOND, "kerangkeng kurungan teralis jeruji sangkar rangkeng krangkeng palang"},
    {DETAIL_BOND, "kunci mengunci ngunci dikunci kancing gembok digembok tutup kurung dikurung ngurung paku "
                  "sekap nyekap "
                  "disekap palang"},

    {DETAIL_HARM, "jatuh tiba_di ndlosor terjatuh jatuah gagger nibo terpeleset kepleset mleset"},
    {DETAIL_HARM, "cebur ceburkan menceburkan nyebur njebur cemplung kecemplung nyemplung tercebur kecebur"},
    {DETAIL_HARM, "menceburkan loncat lompat terjun aloncat malompek melompat njegur terjunkan"},
    {DETAIL_HARM, "gantung nggantung menggantung gantung_diri"},
    {DETAIL_HARM, "sayat silet nyilet cutter iris nyayat goresi"},
    {DETAIL_HARM, "racun baygon karbol pembersih apotas potas herbisida insektisida overdosis od menenggak "
                  "nelan nenggak minum_racun minum_cairan minum_obat"},
    {DETAIL_HARM, "luka_bakar melepuh mlonyoh gosong hangus"},
    {DETAIL_HARM, "lebam memar biru benjol bonyok babak bengep"},
    {DETAIL_HARM, "tenggelam hanyut kelelep anyut kintir"},
    {DETAIL_HARM, "timbun tertimbun kurug kurugan timpa tertimpa ketimpa kerubuhan"},
    {DETAIL_HARM, "tabrak senggol serempet ketabrak kecelakaan laka lindas"},

    {DETAIL_VIOLENCE, "bakar kobong obong tabaka kobbhung sulut menyulut membakar"},
    {DETAIL_VIOLENCE,
        "pukul gebuk hantam antem hajar tampar tinju gebug keprak nampiling gampar bogem aniaya siksa mukul "
        "mukulin mukuli nabok tabok nampar namparin kekerasan penganiayaan menganiaya"},
    {DETAIL_VIOLENCE, "selang cambuk sabet pecut nyabet nyambuk"},
    {DETAIL_VIOLENCE, "siram nyiram melepuh guyur air_panas"},
    {DETAIL_VIOLENCE, "rokok sundut nyundut disundut"},
    {DETAIL_VIOLENCE, "setrika disetrika sterika"},
    {DETAIL_VIOLENCE, "cekik mencekik jerat bekap dibekap nyekik mbekap"},
    {DETAIL_VIOLENCE, "tendang injak nginjak jejak nendang nendangi nyepak"},
    {DETAIL_VIOLENCE, "jambak seret nyeret njambak"},
    {DETAIL_VIOLENCE, "tusuk bacok tikam tebas bacot sabetan tusukan nusuk nikam mbacok bacokan"},
    {DETAIL_VIOLENCE, "setubuh cabul raba perkosa gerayang nggerayangi perkaos pencabulan dicabuli merkosa "
                      "nyabuli menyetubuhi"},
    {DETAIL_VIOLENCE, "lecehkan leceh pelecehan grepe colek remas nggrepe ngeremas"},
    {DETAIL_VIOLENCE, "intip ngintip rekam"},
    {DETAIL_VIOLENCE, "porno senonoh bugil video foto rekam"},
    {DETAIL_VIOLENCE, "sodomi"},
    {DETAIL_VIOLENCE, "banting mbanting lempar bentur jedot jedotin benturkan dibenturkan tembok"},
    {DETAIL_VIOLENCE, "gigit cakar cubit jewer"},
    {DETAIL_VIOLENCE, "gundul digunduli botaki"},
    {DETAIL_VIOLENCE, "bully dibully perundungan bullying olok ejek"},
    {DETAIL_VIOLENCE, "keroyok dikeroyok ngeroyok"},
    {DETAIL_VIOLENCE, "ludah ludahi"},
    {DETAIL_VIOLENCE, "jemur dijemur"},
    {DETAIL_VIOLENCE, "ancam ngancam todong nodong"},
    {DETAIL_VIOLENCE, "sandera nyandera disandera"},
    {DETAIL_VIOLENCE, "tembak bedil"},

    {DETAIL_WEAPON, "pisau lading belati ladiang badik"},
    {DETAIL_WEAPON, "arit clurit celurit sabit are kerambit"},
    {DETAIL_WEAPON, "parang golok bendo bendho mandau pedang samurai"},
    {DETAIL_WEAPON, "linggis"},
    {DETAIL_WEAPON, "kapak kampak wadung"},
    {DETAIL_WEAPON, "cangkul pacul"},
    {DETAIL_WEAPON, "helm"},
    {DETAIL_WEAPON, "sabuk pinggang gesper"},
    {DETAIL_WEAPON, "rotan bambu pentung galah pring"},
    {DETAIL_WEAPON, "sapu pel gagang"},
    {DETAIL_WEAPON, "penggaris mistar"},
    {DETAIL_WEAPON, "batu bata"},
    {DETAIL_WEAPON, "panah tombak busur"},
    {DETAIL_WEAPON, "bensin karosin minyak solar premium"},
    {DETAIL_WEAPON, "gunting"},
    {DETAIL_WEAPON, "palu martil"},
    {DETAIL_WEAPON, "botol beling kaca"},
    {DETAIL_WEAPON, "molotov petasan mercon"},
    {DETAIL_WEAPON, "kayu balok"},
    {DETAIL_WEAPON, "setrika"},
    {DETAIL_WEAPON, "wajan panci"},

    {DETAIL_BODY, "kepala sirah sirahe kapalo batok"},
    {DETAIL_BODY, "tangan lengan tanang jari pergelangan telapak"},
    {DETAIL_BODY, "kaki sikil sikile suku soko tungkai betis"},
    {DETAIL_BODY, "punggung geger belakangnya"},
    {DETAIL_BODY, "perut weteng"},
    {DETAIL_BODY, "mata matanya"},
    {DETAIL_BODY, "telinga kuping"},
    {DETAIL_BODY, "wajah muka pipi rai pelipis"},
    {DETAIL_BODY, "leher gulu"},
    {DETAIL_BODY, "kelamin"},
    {DETAIL_BODY, "gigi mulut bibir"},
    {DETAIL_BODY, "pantat bokong paha"},
    {DETAIL_BODY, "rusuk dada"},
    {DETAIL_BODY, "pinggul panggul"},
    {DETAIL_BODY, "hidung irung"},

    {DETAIL_STATE,
        "hamil meteng tandu bunting mengandung kandungan perut_besar perutnya_besar hamil_tua hamil_besar"},
    {DETAIL_STATE, "meninggal mati tewas seda maningga mayat jenazah wafat pejah mayit"},
    {DETAIL_STATE, "stroke struk terbaring lumpuh tetraplegi layu imobilisasi polio"},
    {DETAIL_STATE, "buta netra picak tunanetra"},
    {DETAIL_STATE, "bisu tuli rungu wicara tunarungu dengar mandanga tunawicara"},
    {DETAIL_STATE, "pikun linglung bingung sesat nyasar lali demensia disorientasi ingatan hilang_ingatan "
                   "lupa_ingatan lupa_alamat lali_alamate"},
    {DETAIL_STATE, "kejang step epilepsi ayan sawan"},
    {DETAIL_STATE, "autis autisme"},
    {DETAIL_STATE, "down"},
    {DETAIL_STATE, "tunagrahita grahita retardasi intelektual keterbelakangan"},
    {DETAIL_STATE, "cerebral palsy cp"},
    {DETAIL_STATE, "hidrosefalus hydrocephalus mikrosefali"},
    {DETAIL_STATE, "atrofi otot distrofi"},
    {DETAIL_STATE, "amputasi buntung"},
    {DETAIL_STATE, "bongkok bungkuk"},
    {DETAIL_STATE, "kusta lepra oypmk morbus"},
    {DETAIL_STATE, "hiv odha arv aids odhiv"},
    {DETAIL_STATE, "kanker tumor payudara"},
    {DETAIL_STATE, "paru tbc tb"},
    {DETAIL_STATE, "jantung sesak napas asma"},
    {DETAIL_STATE, "gula diabetes"},
    {DETAIL_STATE, "ginjal"},
    {DETAIL_STATE, "campak cacar"},

    {DETAIL_DISASTER, "banjir rob genangan terendam bandang galodo"},
    {DETAIL_DISASTER, "lahar"},
    {DETAIL_DISASTER, "longsor tebing"},
    {DETAIL_DISASTER, "gerak ambles amblas retak tanah_gerak tanah_retak"},
    {DETAIL_DISASTER, "gempa lindu"},
    {DETAIL_DISASTER, "puting beliung angin"},
    {DETAIL_DISASTER, "kebakaran api ludes kobongan damkar hangus"},
    {DETAIL_DISASTER, "kering asat kekeringan"},
    {DETAIL_DISASTER, "erupsi letusan abu"},
    {DETAIL_DISASTER, "tsunami"},
    {DETAIL_DISASTER, "kapal perahu karam terbalik abalik kapal_terbalik perahu_terbalik"},
    {DETAIL_DISASTER, "roboh ambruk rubuh runtuh ambrol"},
    {DETAIL_DISASTER, "tawuran bentrok bacakak rusuh ricuh perang"},
    {DETAIL_DISASTER, "penggusuran gusur digusur"},

    {DETAIL_EVENT, "lahir lahiran melahirkan bersalin babaran babar persalinan pascapersalinan tali_pusar "
                   "ari_ari baru_lahir pusar"},
    {DETAIL_EVENT, "hilang ilang leceng raib"},
    {DETAIL_EVENT, "telanjang wudo bugil"},
    {DETAIL_EVENT, "lapar kelaparan ngelih makan ngakan mangan tidak_makan belum_makan"},
    {DETAIL_EVENT, "usir oser diusir"},
    {DETAIL_EVENT, "nikah kawin dikawin nikahkan menikahkan pernikahan rabi"},
    {DETAIL_EVENT, "cerai pegat pisah berpisah"},
    {DETAIL_EVENT, "selingkuh cemburu"},
    {DETAIL_EVENT, "jual dol adol dijual"},
    {DETAIL_EVENT, "gaji upah bayaran digaji"},
    {DETAIL_EVENT, "tipu ketipu scam penipuan tertipu"},
    {DETAIL_EVENT, "dijanjikan lowongan loker iming"},
    {DETAIL_EVENT, "maling curi colong cilok nyolong mencuri pencurian curanmor ambil_uang"},
    {DETAIL_EVENT, "kecopetan copet dompet rampok jambret"},
    {DETAIL_EVENT, "ongkos bekal tiket kehabisan"},
    {DETAIL_EVENT, "ngemis pengemis ngamis mengemis"},
    {DETAIL_EVENT, "ngamen pengamen pamen"},
    {DETAIL_EVENT, "mabuk mendem miras ciu mabok"},
    {DETAIL_EVENT, "judi slot judol togel"},
    {DETAIL_EVENT, "utang hutang pinjol rentenir"},
    {DETAIL_EVENT, "sakau tramadol koplo pil dobel"},
    {DETAIL_EVENT, "sabu nyabu ganja"},
    {DETAIL_EVENT, "lem aibon ngelem"},
    {DETAIL_EVENT, "rehab rehabilitasi"},
    {DETAIL_EVENT, "ngamuk kumat mengamuk kambuh relaps"},
    {DETAIL_EVENT, "teriak jerit bengok tereak menjerit"},
    {DETAIL_EVENT, "tangis nangis menangis"},
    {DETAIL_EVENT, "bunuh"},
    {DETAIL_EVENT, "lari kabur minggat melarikan"},
    {DETAIL_EVENT, "sembunyi ndelik umpet ngumpet berlindung perlindungan bersembunyi menyembunyikan"},
    {DETAIL_EVENT, "buang dibuang"},
    {DETAIL_EVENT, "temu penemuan nemu menemukan ditemukan"},
    {DETAIL_EVENT, "telantar terlantar ditelantarkan"},
    {DETAIL_EVENT, "titip dititip menitipkan"},
    {DETAIL_EVENT, "surat pesan kertas"},
    {DETAIL_EVENT, "jemput"},
    {DETAIL_EVENT, "pulang mulih dipulangkan pemulangan"},
    {DETAIL_EVENT, "berangkat budal"},
    {DETAIL_EVENT, "tangkap ditangkap diamankan razia"},
    {DETAIL_EVENT, "sidang diversi periksa diperiksa"},
    {DETAIL_EVENT, "damping pendampingan"},
    {DETAIL_EVENT, "potong pungut pungli dipotong sunat"},
    {DETAIL_EVENT, "data terdata dtks daftar coret dicoret"},
    {DETAIL_EVENT, "bocor trocoh"},
    {DETAIL_EVENT, "rayap lapuk reyot miring doyong"},
    {DETAIL_EVENT, "nunggak"},
    {DETAIL_EVENT, "kerja pekerjaan bekerja"},
    {DETAIL_EVENT, "pecat phk dipecat dikeluarkan"},
    {DETAIL_EVENT, "penyakit menular jauhi dijauhi kucilkan asingkan diasingkan isolasi"},
    {DETAIL_EVENT, "obat kontrol"},
    {DETAIL_EVENT, "suntik injeksi"},
    {DETAIL_EVENT, "operasi"},
    {DETAIL_EVENT, "jahit jahitan"},
    {DETAIL_EVENT, "visum"},
    {DETAIL_EVENT, "ngungsi pengungsi ungsi mangungsi pengungsian mengungsi"},
    {DETAIL_EVENT, "isolir terisolir taisolir"},
    {DETAIL_EVENT, "evakuasi"},
    {DETAIL_EVENT, "viral sebar"},
    {DETAIL_EVENT, "tidur"},
    {DETAIL_EVENT, "merawat rawat ngrawat ngopeni asuh"},
    {DETAIL_EVENT, "makamkan pemakaman kubur"},
    {DETAIL_EVENT, "adopsi angkat"},
    {DETAIL_EVENT, "modal usaha"},
    {DETAIL_EVENT, "pelatihan kursus"},
    {DETAIL_EVENT, "pijat"},
    {DETAIL_EVENT, "memulung pemulung rongsok rombeng"},
    {DETAIL_EVENT, "dagang pedagang jualan"},
    {DETAIL_EVENT, "warisan tanah"},
    {DETAIL_EVENT, "ompol ngompol kencing pipis bab berak"},
    {DETAIL_EVENT, "mondok"},
    {DETAIL_EVENT, "bebas lepas dilepas dibebaskan"},
    {DETAIL_EVENT, "disuruh paksa dipaksa"},
    {DETAIL_EVENT, "tamu melayani"},
    {DETAIL_EVENT, "open bo michat aplikasi"},
    {DETAIL_EVENT, "imunisasi"},
    {DETAIL_EVENT, "menyusui asi nyusu"},
    {DETAIL_EVENT, "listrik lampu"},
    {DETAIL_EVENT, "dilarang melarang dibolehin"},
    {DETAIL_EVENT, "damai didamaikan kekeluargaan"},
    {DETAIL_EVENT, "sakit"},
    {DETAIL_EVENT, "opname dirawat rumah_sakit rawat_inap diopname"},
    {DETAIL_EVENT, "bunuh_diri mengakhiri_hidup mau_mati ingin_mati pengen_mati bundir"},
    {DETAIL_EVENT, "putus_obat obat_habis obatnya_habis obat_kosong obate_habis tidak_kontrol"},
    {DETAIL_EVENT, "orang_tua yatim piatu ortu bapak_ibu"},
    {DETAIL_EVENT, "sebatang_kara tinggal_sendiri tinggal_sendirian hidup_sendiri hidup_sendirian sendirian"},
    {DETAIL_EVENT, "anak_merantau merantau rantau"},
    {DETAIL_EVENT, "tidak_keluar pernah_keluar"},
    {DETAIL_EVENT, "dibujuk bujuk mbujuk abujuk nego negosiasi"},
    {DETAIL_EVENT, "putus_sekolah berhenti_sekolah tidak_sekolah bolos"},
    {DETAIL_EVENT, "hanyut terseret kebawa_arus kebawa terbawa tabawo"},
    {DETAIL_EVENT, "terjebak kejebak terkepung"},
    {DETAIL_EVENT, "rusak merusak hancur pecah mecahin memecahkan obrak_abrik"},
    {DETAIL_EVENT, "berantem bertengkar tengkar cekcok ribut"},
    {DETAIL_EVENT, "menolak tolak nolak"},
    {DETAIL_EVENT, "dirujuk rujuk rujukan ambulans"},
    {DETAIL_EVENT, "dititip dititipkan diamankan diserahkan serahkan"},
    {DETAIL_EVENT, "nonton menonton ditonton"},
    {DETAIL_EVENT, "pamit perpisahan surat_wasiat"},
    {DETAIL_EVENT, "ketahuan ketauan konangan"},

    {DETAIL_LOOKS, "merah abang mirah"},
    {DETAIL_LOOKS, "biru"},
    {DETAIL_LOOKS, "hijau ijo"},
    {DETAIL_LOOKS, "putih puteh"},
    {DETAIL_LOOKS, "hitam item ireng celleng"},
    {DETAIL_LOOKS, "kuning"},
    {DETAIL_LOOKS, "coklat cokelat"},
    {DETAIL_LOOKS, "kotak batik kembang"},
    {DETAIL_LOOKS, "sarung"},
    {DETAIL_LOOKS, "kebaya daster"},
    {DETAIL_LOOKS, "jaket"},
    {DETAIL_LOOKS, "kaos kaus"},
    {DETAIL_LOOKS, "jarik kain selimut bedong"},
    {DETAIL_LOOKS, "kerudung jilbab"},
    {DETAIL_LOOKS, "seragam"},
    {DETAIL_LOOKS, "sandal sepatu nyeker"},
    {DETAIL_LOOKS, "brewok gondrong jenggot gimbal"},
    {DETAIL_LOOKS, "rambut"},
    {DETAIL_LOOKS, "kacamata"},
    {DETAIL_LOOKS, "topi peci"},
    {DETAIL_LOOKS, "tongkat kruk"},

    {DETAIL_ABROAD, "malaysia johor sabah sarawak"},
    {DETAIL_ABROAD, "kamboja myanmar thailand"},
    {DETAIL_ABROAD, "arab riyadh saudi jeddah mekah"},
    {DETAIL_ABROAD, "hongkong"},
    {DETAIL_ABROAD, "taiwan"},
    {DETAIL_ABROAD, "singapura"},
    {DETAIL_ABROAD, "dubai qatar oman kuwait"},
    {DETAIL_ABROAD, "suriah turki irak"},
    {DETAIL_ABROAD, "korea jepang"},
    {DETAIL_ABROAD, "brunei"},

    {DETAIL_THING, "koma kritis pingsan semaput"},
    {DETAIL_THING, "skizofrenia skizofrenik psikotik halusinasi bisik"},
    {DETAIL_THING, "depresi stres"},
    {DETAIL_THING, "hipertensi darah"},
    {DETAIL_THING, "gizi kurus stunting kilo bb buruk"},
    {DETAIL_THING, "demam panas damam benter"},
    {DETAIL_THING, "muntah mual"},
    {DETAIL_THING, "diare muntaber mencret"},
    {DETAIL_THING, "batuk"},
    {DETAIL_THING, "kudis kurap kutil gatal"},
    {DETAIL_THING, "belatung ulat baulek beulat set"},
    {DETAIL_THING, "busuk bosok borok nanah bernanah dekubitus"},
    {DETAIL_THING, "bengkak abuh bangkak gajah"},
    {DETAIL_THING, "luka lecet robek tatu"},
    {DETAIL_THING, "patah retak fraktur putuih"},
    {DETAIL_THING, "darah getih berdarah perdarahan pendarahan"},
    {DETAIL_THING, "lemas lemes lemah"},
    {DETAIL_THING, "menggigil kedinginan"},
    {DETAIL_THING, "bengong melamun"},
    {DETAIL_THING, "kotor kumuh pesing"},
    {DETAIL_THING, "gila odgj gangguan_jiwa orang_gila sakit_jiwa stres stress sinting waras edan"},
    {DETAIL_THING, "kardus kresek karung tas buntelan keranjang"},
    {DETAIL_THING, "kursi roda kursi_roda"},
    {DETAIL_THING, "popok pampers"},
    {DETAIL_THING, "singkong gaplek aking tiwul"},
    {DETAIL_THING, "tajin air_tajin air_beras"},
    {DETAIL_THING, "susu dot"},
    {DETAIL_THING, "beras"},
    {DETAIL_THING, "telur"},
    {DETAIL_THING, "nasi"},
    {DETAIL_THING, "paspor visa"},
    {DETAIL_THING, "ktp nik identitas akta"},
    {DETAIL_THING, "pkh bpnt kks bansos sembako kartu"},
    {DETAIL_THING, "paket mahal harga getok"},
    {DETAIL_THING, "uang duit"},
    {DETAIL_THING, "boneka"},
    {DETAIL_THING, "bayi orok ari pusar"},
    {DETAIL_THING, "kembar"},
    {DETAIL_THING, "yatim piatu"},
    {DETAIL_THING, "tetangga"},
    {DETAIL_THING, "pintu lawang"},
    {DETAIL_THING, "jendela candela"},
    {DETAIL_THING, "hujan"},
    {DETAIL_THING, "telepon hp vc ditelpon ditelepon menelepon nelpon telpon video_call"},
    {DETAIL_THING, "lantai"},
    {DETAIL_THING, "kasur tikar ranjang dipan"},
    {DETAIL_THING, "galon"},
    {DETAIL_THING, "gerobak"},
    {DETAIL_THING, "ternak kandang"},
    {DETAIL_THING, "ayam bebek unggas pitik itik entok ajam"},
    {DETAIL_THING, "sapi kerbau lembu kebo jawi"},
    {DETAIL_THING, "kambing wedhus domba embek embik"},
    {DETAIL_THING, "kuda jaran dokar delman andong"},
    {DETAIL_THING, "motor"},
    {DETAIL_THING, "mobil"},
    {DETAIL_THING, "becak ojek ojol"},
    {DETAIL_THING, "sopir supir"},
    {DETAIL_THING, "kuli tukang"},
    {DETAIL_THING, "petani tani"},
    {DETAIL_THING, "nelayan"},
    {DETAIL_THING, "perawat bidan"},
    {DETAIL_THING, "guru ustad kiai"},
    {DETAIL_THING, "tentara babinsa"},
    {DETAIL_THING, "satpam"},
    {DETAIL_THING, "polisi"},
    {DETAIL_THING, "perahu kapal parao"},
    {DETAIL_THING, "pesawat"},
    {DETAIL_THING, "tabung gas"},
    {DETAIL_THING, "asap"},
    {DETAIL_THING, "masker"},
    {DETAIL_THING, "tenda terpal"},
    {DETAIL_THING, "selimut"},
    {DETAIL_THING, "lumpur"},
    {DETAIL_THING, "logistik"},
    {DETAIL_THING, "genset"},
    {DETAIL_THING, "alat"},
    {DETAIL_THING, "aspd atensi"},
    {DETAIL_THING, "ijazah"},
    {DETAIL_THING, "anyam gedhek bambu papan"},
    {DETAIL_THING, "tiang saka"},
    {DETAIL_THING, "kompor"},
    {DETAIL_THING, "etalase"},
    {DETAIL_THING, "karet"},
    {DETAIL_THING, "rokok"},
    {DETAIL_THING, "kopi"},
    {DETAIL_THING, "bakso pentol"},
    {DETAIL_THING, "ikan iwak"},
    {DETAIL_THING, "tisu koran"},
    {DETAIL_THING, "silver badut perak cat"},
    {DETAIL_THING, "balon bunga"},
    {DETAIL_THING, "sampah"},
    {DETAIL_THING, "anjing kucing"},
    {DETAIL_THING, "burung"},
    {DETAIL_THING, "lilin"},
    {DETAIL_THING, "garam"},
    {DETAIL_THING, "pelampung"},
    {DETAIL_THING, "daging"},
    {DETAIL_THING, "barat kulon"},
    {DETAIL_THING, "timur wetan"},
    {DETAIL_THING, "utara lor"},
    {DETAIL_THING, "selatan kidul"},
    {DETAIL_THING, "seberang sebrang"},
    {DETAIL_THING, "sepupu"},
    {DETAIL_THING, "cucu putu"},
    {DETAIL_THING, "kandung"},
    {DETAIL_THING, "tiri"},
    {DETAIL_THING, "mertua menantu"},
    {DETAIL_THING, "bonek suporter"},
    {DETAIL_THING, "ojol"},
    {DETAIL_THING, "kakak_beradik bersaudara saudara"},
    {DETAIL_THING, "gendong menggendong digendong nggendong"},
    {DETAIL_THING, "ibu_tiri bapak_tiri ayah_tiri mama_tiri tirinya"},
    {DETAIL_THING, "uang_jajan jajan"},
    {DETAIL_THING, "pacar pacaran pacarnya mantan kekasih"},
    {DETAIL_THING, "paman om pakde paklik"},
    {DETAIL_THING, "majikan bos juragan mandor atasan"},
    {DETAIL_THING, "agen calo penyalur sponsor tekong"},
    {DETAIL_THING, "senior kakak_kelas kakak_tingkat"},
    {DETAIL_THING, "suami bojo"},
    {DETAIL_THING, "istri"},
    {DETAIL_THING, "janda rondo"},
    {DETAIL_THING, "ayah bapak papa"},
    {DETAIL_THING, "nenek simbah oma"},
    {DETAIL_THING, "kakek opa"},
    {DETAIL_THING, "lurah kades kepala_desa"},
    {DETAIL_THING, "serumah"},
    {DETAIL_THING, "pegang megang dipegangi memegang"},
    {DETAIL_EVENT, "manjat panjat memanjat menek munggah nangkring bertengger ongghah mamanjek"},
    {DETAIL_EVENT, "culik diculik penculikan nyulik"},
    {DETAIL_EVENT, "tebus tebusan menebus"},
    {DETAIL_EVENT, "kejar ngejar dikejar uber nguber diuber oyak"},
    {DETAIL_EVENT, "gedor gedorin nggedor dobrak didobrak mendobrak jebol njebol"},
    {DETAIL_EVENT, "lempar melempar dilempari nyambit sambit mbalang dibalang ngelempar lontar"},
    {DETAIL_EVENT, "seret nyeret diseret"},
    {DETAIL_EVENT, "obrak_abrik berantakan acak ngacak porak"},
    {DETAIL_EVENT, "caci memaki maki dimaki misuh umpat bentak dibentak membentak hina dihina"},
    {DETAIL_EVENT, "palak malak dipalak malakin peras diperas pemerasan memeras"},
    {DETAIL_EVENT, "todong rampas dirampas begal dibegal"},
    {DETAIL_EVENT, "busa berbusa mulut_berbusa"},
    {DETAIL_EVENT, "bisik bisikan dibisiki suara_suara denger_suara halusinasi"},
    {DETAIL_EVENT,
        "ngomong_sendiri bicara_sendiri omong_sendiri ngobrol_sendiri ngomel ngoceh meracau nggremeng"},
    {DETAIL_EVENT, "tertawa ketawa ngguyu guyu nyengir"},
    {DETAIL_EVENT, "nyanyi bernyanyi menyanyi nembang nyanyi_sendiri"},
    {DETAIL_EVENT, "tidak_tidur melek melekan begadang susah_tidur insomnia"},
    {DETAIL_EVENT, "mogok mati_mesin mesin_mati"},
    {DETAIL_EVENT, "jalan_putus akses_putus menutup_jalan nutup_jalan jalan_tertutup"},
    {DETAIL_EVENT, "genangan tergenang menggenang rendam merendam kerendem"},
    {DETAIL_EVENT, "tanggul jebol bobol ambrol"},
    {DETAIL_EVENT, "ledak meledak ledakan njeblug mbledos meletus"},
    {DETAIL_EVENT, "terbang mabur kabur_angin terlepas"},
    {DETAIL_EVENT, "pengajuan usul usulan mengajukan diajukan permohonan"},
    {DETAIL_EVENT, "nganggur pengangguran menganggur tidak_kerja"},
    {DETAIL_EVENT, "ditahan nahan penahanan tahanan dibui"},
    {DETAIL_EVENT, "tidak_pulang belum_pulang tidak_kembali ga_balik"},
    {DETAIL_EVENT, "tertinggal ketinggalan rombongan terpisah pisah_rombongan"},
    {DETAIL_EVENT, "disiksa siksaan penyiksaan"},
    {DETAIL_EVENT, "rekaman rekam cctv merekam direkam"},
    {DETAIL_EVENT, "melamar lamaran calon_suami dilamar dijodohkan jodohkan"},
    {DETAIL_EVENT, "curiga dicurigai mencurigakan"},
    {DETAIL_EVENT, "tuduh dituduh menuduh fitnah difitnah"},
    {DETAIL_EVENT, "santet dukun guna_guna kesurupan kerasukan dirasuki"},
    {DETAIL_EVENT, "hukum dihukum hukuman menghukum setrap"},
    {DETAIL_EVENT, "keluyuran kluyuran luntang mondar wira mider muter keliaran berkeliaran"},
    {DETAIL_EVENT, "menginap nginep numpang menumpang nunut"},
    {DETAIL_EVENT, "berobat pengobatan terapi"},
    {DETAIL_EVENT, "terbaring rebahan tergeletak telentang mlumah tengkurap nggeletak glethak terkapar"},
    {DETAIL_EVENT, "duduk ngelesot lungguh ndodok jongkok ndeprok ngesot"},
    {DETAIL_EVENT, "tidak_bangun tidak_gerak tidak_bergerak tidak_respon tidak_sadar ga_sadar"},
    {DETAIL_EVENT, "rebut rebutan berebut merebut"},
    {DETAIL_EVENT, "isyarat bahasa_isyarat"},
    {DETAIL_EVENT, "kecanduan nyandu pecandu candu ketagihan"},
    {DETAIL_EVENT, "tawur tawuran gelut berkelahi carok tukaran perkelahian"},
    {DETAIL_EVENT, "demo unjuk_rasa protes"},
    {DETAIL_EVENT, "sesat aliran keyakinan ajaran"},
    {DETAIL_EVENT, "pinjam nyilih pinjaman minjam"},
    {DETAIL_EVENT, "lunas melunasi tagihan"},
    {DETAIL_EVENT, "gadai digadaikan menggadaikan gadaikan"},

    {DETAIL_SURROUNDING, "pos_ojek pangkalan"},
    {DETAIL_SURROUNDING, "sampah tong_sampah tempat_sampah bak_sampah tpa tps"},
    {DETAIL_SURROUNDING, "jalan_raya aspal embong tengah_jalan jalan_besar dalan_gedhe"},
    {DETAIL_SURROUNDING, "balai_desa kantor_desa baledesa bale_desa"},
    {DETAIL_SURROUNDING, "posko tenda pengungsian"},
    {DETAIL_SURROUNDING, "stadion lapangan gor"},
    {DETAIL_SURROUNDING, "mall plaza swalayan supermarket"},
    {DETAIL_SURROUNDING, "kolam blumbang empang"},
    {DETAIL_SURROUNDING, "lantai_dua lantai_atas balkon"},
    {DETAIL_SURROUNDING, "bank atm"},

    {DETAIL_LOOKS, "tato tatoan bertato"},
    {DETAIL_LOOKS, "gaun pengantin kebaya_pengantin"},
    {DETAIL_LOOKS, "celana kathok katok kolor"},
    {DETAIL_LOOKS, "gundul botak plontos"},
    {DETAIL_LOOKS, "pincang dingklang timpang"},

    {DETAIL_THING, "sepeda pit onthel ontel"},
    {DETAIL_THING, "vario beat matic sepeda_motor honda"},
    {DETAIL_THING, "pikap pickup truk colt"},
    {DETAIL_THING, "bus_malam kondektur kernet"},
    {DETAIL_THING, "tembok dinding dindiang gedhek"},
    {DETAIL_THING, "seng genteng atap payon"},
    {DETAIL_THING, "piring gelas perabot wajan panci"},
    {DETAIL_THING, "televisi tv kipas kulkas"},
    {DETAIL_THING, "bantal guling"},
    {DETAIL_THING, "kerupuk krupuk gorengan jajanan"},
    {DETAIL_THING, "es eskrim es_krim"},
    {DETAIL_THING, "kacang jagung"},
    {DETAIL_THING, "jamu"},
    {DETAIL_THING, "sayur sayuran janganan"},
    {DETAIL_THING, "kelapa klopo nyiur degan"},
    {DETAIL_THING, "mangga pelem pauh"},
    {DETAIL_THING, "pisang gedang"},
    {DETAIL_THING, "roti mie indomie"},
    {DETAIL_THING, "air_bersih tangki dropping"},
    {DETAIL_THING, "suntikan jarum_suntik jarum"},
    {DETAIL_THING, "ulekan cobek alu"},
    {DETAIL_THING, "tas_sekolah buku seragam spp"},
    {DETAIL_THING, "toa pengeras speaker"},
    {DETAIL_THING, "gunung bukit gumuk"},
    {DETAIL_THING, "anggota_keluarga satu_keluarga sekeluarga brayat sak_keluarga"},
    {DETAIL_THING, "barang_bekas rosok rongsokan"},
    {DETAIL_THING, "pelaut abk kapal_ikan"},
    {DETAIL_THING, "buruh kuli kenek laden"},
    {DETAIL_THING, "pelatih futsal silat bela_diri"},
    {DETAIL_THING, "dosen kampus mahasiswa mahasiswi kuliah"},
    {DETAIL_THING, "daycare penitipan pengasuh babysitter"},
    {DETAIL_THING, "bibi tante bulik bude makcik"},
    {DETAIL_THING, "keponakan ponakan"},
    {DETAIL_THING, "kakak_ipar adik_ipar ipar"},
    {DETAIL_THING, "wasiat perpisahan chat_terakhir"},
    {DETAIL_THING, "waria transpuan banci"},
    {DETAIL_THING, "punk anak_punk pank"},
    {DETAIL_THING, "tki tkw pmi migran"},
    {DETAIL_THING, "alat_dengar alat_bantu"},
    {DETAIL_THING, "kaki_palsu protesa tangan_palsu"},
    {DETAIL_THING, "pensiun pensiunan purnawirawan veteran purna"},
    {DETAIL_THING, "dini_hari subuh fajar"},
    {DETAIL_THING, "magrib surup maghrib petang"},
    {DETAIL_THING, "isya tengah_malam larut"},
    {DETAIL_THING, "siang_bolong dzuhur zuhur"},
};

static_assert(sizeof rows / sizeof rows[0] <= DETAILS_MAX, "one bit for each");

enum {
    SLOTS = 8192,       /* x 16 bytes = 128 KiB, for some 3,000 words and stems */
    STEM_BYTES_MIN = 4, /* shorter stems are those of too many words */
    LONG_ENDINGS = 2,   /* of -nya and -nyo more than of -e may be cut: "omnya" */
    SHORT_WORD = 2,
    NO_ROW = 0xffff,
    READ_ARENA_BYTES = 64 * 1024, /* a word or two at a time, as text_read takes them */
};

struct slot {
    uint64_t hash; /* of the folded word; 0: free */
    uint16_t rows[DETAILS_OF_WORD];
};

struct details {
    struct detail_set classes[DETAIL_CLASSES];
    struct slot slots[SLOTS];
    size_t count;
};

static size_t slot_of(const struct details *details, uint64_t hash) {
    size_t at = (hash ^ hash >> 32) & (SLOTS - 1);
    while (details->slots[at].hash && details->slots[at].hash != hash)
        at = (at + 1) & (SLOTS - 1);
    return at;
}

static bool row_add(uint16_t of_word[DETAILS_OF_WORD], uint16_t row) {
    for (size_t i = 0; i < DETAILS_OF_WORD; i++)
        if (of_word[i] == row || of_word[i] == NO_ROW) {
            of_word[i] = row;
            return true;
        }
    return false;
}

static bool word_put(struct details *details, uint64_t hash, size_t row) {
    struct slot *slot = &details->slots[slot_of(details, hash)];
    if (!slot->hash) {
        if (++details->count > SLOTS / 2)
            return false;
        slot->hash = hash;
        memset(slot->rows, 0xff, sizeof slot->rows);
    }
    return row_add(slot->rows, (uint16_t)row);
}

static uint64_t pair_hash(const struct word *first, const struct word *second) {
    uint64_t hash = text_hash_step(first->hash, ' ');
    for (const char *letter = second->key; *letter; letter++)
        hash = text_hash_step(hash, *letter);
    return hash;
}

/* A word, also without its endings; or two, one behind the other. */
static bool entry_put(struct details *details, const struct text *text, size_t row) {
    const struct word *word = &text->words[0];
    char stemmed[WORD_KEY_MAX];
    if (text->count == 2)
        return word_put(details, pair_hash(word, word + 1), row);
    if (text->count != 1)
        return false;
    size_t size = stem(word->key, word->key_size, stemmed);
    bool ending = size >= STEM_BYTES_MIN && strncmp(word->key, stemmed, size) == 0;
    return word_put(details, word->hash, row) && (!ending || word_put(details, text_hash(stemmed), row));
}

static bool row_put(
    struct details *details, struct arena *arena, const struct spelling *spelling, size_t row) {
    details->classes[rows[row].class].bits[row / 64] |= UINT64_C(1) << row % 64;
    for (const char *at = rows[row].words; *at; at += strspn(at, " ")) {
        char entry[2 * WORD_KEY_MAX];
        struct text text;
        size_t size = strcspn(at, " ");
        if (size >= sizeof entry)
            return false;
        memcpy(entry, at, size);
        for (size_t i = 0; i < size; i++)
            if (entry[i] == '_')
                entry[i] = ' ';
        arena_reset(arena);
        if (!text_read(arena, spelling, entry, size, &text) || !entry_put(details, &text, row))
            return false;
        at += size;
    }
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

static void rows_of(
    const struct details *details, uint64_t hash, uint16_t out[DETAILS_OF_WORD], size_t *count) {
    const struct slot *slot = &details->slots[slot_of(details, hash)];
    for (size_t i = 0; slot->hash && i < DETAILS_OF_WORD && slot->rows[i] != NO_ROW; i++) {
        bool known = *count == DETAILS_OF_WORD;
        for (size_t k = 0; k < *count; k++)
            known |= out[k] == slot->rows[i];
        if (!known)
            out[(*count)++] = slot->rows[i];
    }
}

/* "kepalanya", "sirahe": the word itself, where the stem is that of too many. */
static uint64_t hash_without_ending(const struct word *word) {
    static const char *const endings[] = {"nya", "nyo", "ne", "ku", "mu", "na", "e"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t size = strlen(endings[i]), least = i < LONG_ENDINGS ? SHORT_WORD : STEM_BYTES_MIN;
        if (word->key_size < size + least || strcmp(word->key + word->key_size - size, endings[i]) != 0)
            continue;
        uint64_t hash = TEXT_HASH_START;
        for (size_t k = 0; k + size < word->key_size; k++)
            hash = text_hash_step(hash, word->key[k]);
        return hash;
    }
    return word->hash;
}

size_t details_find(
    const struct details *details, const struct word *word, const char *stem, uint16_t out[DETAILS_OF_WORD]) {
    uint64_t hash = hash_without_ending(word);
    size_t count = 0;
    rows_of(details, word->hash, out, &count);
    if (hash != word->hash)
        rows_of(details, hash, out, &count);
    if (strcmp(stem, word->key) != 0)
        rows_of(details, text_hash(stem), out, &count);
    return count;
}

size_t details_find_pair(const struct details *details, const struct word *first, const struct word *second,
    uint16_t out[DETAILS_OF_WORD]) {
    size_t count = 0;
    rows_of(details, pair_hash(first, second), out, &count);
    return count;
}

enum detail_class detail_class_of(uint16_t detail) {
    return rows[detail].class;
}

void details_add(struct detail_set *set, uint16_t detail) {
    set->bits[detail / 64] |= UINT64_C(1) << detail % 64;
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
