#include "numbers/area_places.hpp"

#include <charconv>
#include <cmath>
#include <map>
#include <numbers>
#include <unordered_map>

#include <fmt/format.h>

#include "numbers/place_tables.hpp"

namespace dialtone::numbers {
namespace {

// Area codes|region|main place|LATA|latitude|longitude|postal code. Area codes and their places are those of the North
// American Numbering Plan Administrator; a code that lies over another shares its line.
constexpr std::string_view kUnitedStates = R"(
205 659|AL|Birmingham|476|33.52|-86.80|35203
251|AL|Mobile|480|30.69|-88.04|36602
256 938|AL|Huntsville|477|34.73|-86.59|35801
334|AL|Montgomery|478|32.37|-86.30|36104
907|AK|Anchorage|832|61.22|-149.90|99501
480|AZ|Mesa|666|33.42|-111.83|85201
520|AZ|Tucson|668|32.22|-110.97|85701
602|AZ|Phoenix|666|33.45|-112.07|85003
623|AZ|Glendale|666|33.54|-112.19|85301
928|AZ|Flagstaff|666|35.20|-111.65|86001
479|AR|Fort Smith|526|35.39|-94.40|72901
501|AR|Little Rock|528|34.75|-92.29|72201
870|AR|Jonesboro|528|35.84|-90.70|72401
209 350|CA|Stockton|738|37.96|-121.29|95202
213 323 738|CA|Los Angeles|730|34.05|-118.24|90012
279 916|CA|Sacramento|726|38.58|-121.49|95814
310 424|CA|Santa Monica|730|34.02|-118.49|90401
341 510|CA|Oakland|722|37.80|-122.27|94612
408 669|CA|San Jose|722|37.34|-121.89|95113
415 628|CA|San Francisco|722|37.78|-122.42|94102
442 760|CA|Oceanside|732|33.20|-117.38|92054
530|CA|Redding|724|40.59|-122.39|96001
559|CA|Fresno|728|36.74|-119.79|93721
562|CA|Long Beach|730|33.77|-118.19|90802
619 858|CA|San Diego|732|32.72|-117.16|92101
626|CA|Pasadena|730|34.15|-118.14|91101
650|CA|San Mateo|722|37.56|-122.33|94401
657 714|CA|Anaheim|730|33.84|-117.91|92805
661|CA|Bakersfield|734|35.37|-119.02|93301
707|CA|Santa Rosa|722|38.44|-122.71|95404
747 818|CA|Burbank|730|34.18|-118.31|91502
805 820|CA|Santa Barbara|740|34.42|-119.70|93101
831|CA|Salinas|736|36.68|-121.66|93901
840 909|CA|San Bernardino|730|34.11|-117.29|92401
925|CA|Concord|722|37.98|-122.03|94520
949|CA|Irvine|730|33.68|-117.83|92612
951|CA|Riverside|730|33.95|-117.40|92501
303 720 983|CO|Denver|656|39.74|-104.99|80202
719|CO|Colorado Springs|658|38.83|-104.82|80903
970|CO|Fort Collins|656|40.59|-105.08|80524
203 475|CT|New Haven|920|41.31|-72.93|06510
860 959|CT|Hartford|920|41.76|-72.69|06103
302|DE|Wilmington|228|39.75|-75.55|19801
202 771|DC|Washington|236|38.91|-77.04|20001
239|FL|Fort Myers|939|26.64|-81.87|33901
305 786 645|FL|Miami|460|25.77|-80.19|33130
321|FL|Melbourne|458|28.08|-80.61|32901
324 904|FL|Jacksonville|452|30.33|-81.66|32202
352|FL|Gainesville|454|29.65|-82.32|32601
386|FL|Daytona Beach|456|29.21|-81.02|32114
407 689|FL|Orlando|458|28.54|-81.38|32801
448 850|FL|Tallahassee|953|30.44|-84.28|32301
561 728|FL|West Palm Beach|460|26.72|-80.05|33401
656 813|FL|Tampa|952|27.95|-82.46|33602
727|FL|St. Petersburg|952|27.77|-82.64|33701
754 954|FL|Fort Lauderdale|460|26.12|-80.14|33301
772|FL|Port St. Lucie|460|27.29|-80.35|34952
863|FL|Lakeland|952|28.04|-81.95|33801
941|FL|Sarasota|952|27.34|-82.53|34236
229|GA|Albany|444|31.58|-84.16|31701
404 470 678 943|GA|Atlanta|438|33.75|-84.39|30303
478|GA|Macon|446|32.84|-83.63|31201
706 762|GA|Augusta|442|33.47|-81.97|30901
770|GA|Marietta|438|33.95|-84.55|30060
912|GA|Savannah|440|32.08|-81.09|31401
808|HI|Honolulu|834|21.31|-157.86|96813
208 986|ID|Boise|652|43.62|-116.20|83702
217 447|IL|Springfield|374|39.80|-89.64|62701
224 847|IL|Evanston|358|42.05|-87.69|60201
309 861|IL|Peoria|368|40.69|-89.59|61602
312 773 872|IL|Chicago|358|41.88|-87.63|60602
331 630|IL|Naperville|358|41.75|-88.15|60540
464 708|IL|Cicero|358|41.85|-87.75|60804
618 730|IL|Belleville|520|38.52|-89.98|62220
779 815|IL|Rockford|360|42.27|-89.09|61101
219|IN|Gary|358|41.59|-87.35|46402
260|IN|Fort Wayne|334|41.08|-85.14|46802
317 463|IN|Indianapolis|336|39.77|-86.16|46204
574|IN|South Bend|332|41.68|-86.25|46601
765|IN|Lafayette|336|40.42|-86.88|47901
812 930|IN|Evansville|330|37.97|-87.57|47708
319|IA|Cedar Rapids|635|41.98|-91.67|52401
515|IA|Des Moines|632|41.59|-93.62|50309
563|IA|Davenport|634|41.52|-90.58|52801
641|IA|Mason City|632|43.15|-93.20|50401
712|IA|Sioux City|630|42.50|-96.40|51101
316|KS|Wichita|532|37.69|-97.34|67202
620|KS|Hutchinson|532|38.06|-97.93|67501
785|KS|Topeka|534|39.05|-95.68|66603
913|KS|Overland Park|524|38.98|-94.67|66212
270 364|KY|Bowling Green|464|36.99|-86.44|42101
502|KY|Louisville|462|38.25|-85.76|40202
606|KY|Ashland|466|38.48|-82.64|41101
859|KY|Lexington|466|38.04|-84.50|40507
225|LA|Baton Rouge|492|30.45|-91.19|70801
318|LA|Shreveport|486|32.53|-93.75|71101
337|LA|Lafayette|488|30.22|-92.02|70501
504|LA|New Orleans|490|29.95|-90.07|70112
985|LA|Houma|490|29.60|-90.72|70360
207|ME|Portland|120|43.66|-70.26|04101
227 240 301|MD|Rockville|236|39.08|-77.15|20850
410 443 667|MD|Baltimore|238|39.29|-76.61|21202
339 781|MA|Lynn|128|42.47|-70.95|01901
351 978|MA|Lowell|128|42.63|-71.32|01852
413|MA|Springfield|126|42.10|-72.59|01103
508 774|MA|Worcester|128|42.26|-71.80|01608
617 857|MA|Boston|128|42.36|-71.06|02108
231|MI|Muskegon|348|43.23|-86.25|49440
248 947|MI|Troy|340|42.61|-83.15|48084
269|MI|Kalamazoo|348|42.29|-85.59|49007
313 679|MI|Detroit|340|42.33|-83.05|48226
517|MI|Lansing|346|42.73|-84.56|48933
586|MI|Warren|340|42.49|-83.01|48089
616|MI|Grand Rapids|348|42.96|-85.67|49503
734|MI|Ann Arbor|340|42.28|-83.74|48104
810|MI|Flint|344|43.01|-83.69|48502
906|MI|Marquette|342|46.54|-87.40|49855
989|MI|Saginaw|344|43.42|-83.95|48607
218|MN|Duluth|624|46.79|-92.10|55802
320|MN|St. Cloud|626|45.56|-94.16|56301
507|MN|Rochester|620|44.02|-92.47|55902
612|MN|Minneapolis|628|44.98|-93.27|55401
651|MN|St. Paul|628|44.95|-93.09|55101
763|MN|Brooklyn Park|628|45.09|-93.36|55443
952|MN|Bloomington|628|44.84|-93.30|55420
228|MS|Gulfport|484|30.37|-89.09|39501
601 769|MS|Jackson|482|32.30|-90.18|39201
662|MS|Tupelo|482|34.26|-88.70|38804
314 557|MO|St. Louis|520|38.63|-90.20|63101
417|MO|Springfield|522|37.21|-93.29|65806
573|MO|Columbia|521|38.95|-92.33|65201
636|MO|St. Charles|520|38.78|-90.50|63301
660|MO|Sedalia|524|38.70|-93.23|65301
816 975|MO|Kansas City|524|39.10|-94.58|64106
406|MT|Billings|650|45.78|-108.50|59101
308|NE|Grand Island|646|40.92|-98.34|68801
402 531|NE|Omaha|644|41.26|-95.94|68102
702 725|NV|Las Vegas|721|36.17|-115.14|89101
775|NV|Reno|720|39.53|-119.81|89501
603|NH|Manchester|122|43.00|-71.45|03101
201 551|NJ|Jersey City|224|40.73|-74.08|07302
609 640|NJ|Trenton|222|40.22|-74.76|08608
732 848|NJ|New Brunswick|224|40.49|-74.45|08901
856|NJ|Camden|222|39.93|-75.12|08102
862 973|NJ|Newark|224|40.74|-74.17|07102
908|NJ|Elizabeth|224|40.66|-74.21|07201
505|NM|Albuquerque|664|35.08|-106.65|87102
575|NM|Las Cruces|664|32.31|-106.78|88001
212 332 646 917|NY|New York|132|40.71|-74.01|10007
315 680|NY|Syracuse|136|43.05|-76.15|13202
347 718 929|NY|Brooklyn|132|40.69|-73.99|11201
516 363|NY|Hempstead|132|40.71|-73.62|11550
518 838|NY|Albany|134|42.65|-73.75|12207
585|NY|Rochester|974|43.16|-77.61|14604
607|NY|Binghamton|138|42.10|-75.91|13901
624 716|NY|Buffalo|140|42.89|-78.88|14202
631 934|NY|Brentwood|132|40.78|-73.25|11717
845|NY|Poughkeepsie|133|41.70|-73.92|12601
914|NY|Yonkers|132|40.93|-73.90|10701
252|NC|Greenville|951|35.61|-77.37|27834
336 743|NC|Greensboro|424|36.07|-79.79|27401
704 980|NC|Charlotte|422|35.23|-80.84|28202
828|NC|Asheville|420|35.60|-82.55|28801
910 472|NC|Fayetteville|949|35.05|-78.88|28301
919 984|NC|Raleigh|426|35.78|-78.64|27601
701|ND|Fargo|636|46.88|-96.79|58102
216|OH|Cleveland|320|41.50|-81.69|44114
220 740|OH|Newark|324|40.06|-82.40|43055
234 330|OH|Akron|325|41.08|-81.52|44308
283 513|OH|Cincinnati|922|39.10|-84.51|45202
326 937|OH|Dayton|328|39.76|-84.19|45402
380 614|OH|Columbus|324|39.96|-83.00|43215
419 567|OH|Toledo|326|41.65|-83.54|43604
440|OH|Parma|320|41.40|-81.72|44129
405 572|OK|Oklahoma City|536|35.47|-97.52|73102
539 918|OK|Tulsa|538|36.15|-95.99|74103
580|OK|Lawton|536|34.60|-98.40|73501
458 541|OR|Eugene|670|44.05|-123.09|97401
503 971|OR|Portland|672|45.52|-122.68|97204
215 267 445|PA|Philadelphia|228|39.95|-75.17|19102
223 717|PA|Harrisburg|226|40.27|-76.88|17101
272 570|PA|Scranton|232|41.41|-75.66|18503
412 878|PA|Pittsburgh|234|40.44|-80.00|15222
484 610 835|PA|Allentown|228|40.60|-75.47|18101
582 814|PA|Erie|924|42.13|-80.09|16501
724|PA|New Castle|234|41.00|-80.35|16101
401|RI|Providence|130|41.82|-71.41|02903
803 839|SC|Columbia|434|34.00|-81.03|29201
843 854|SC|Charleston|436|32.78|-79.93|29401
864|SC|Greenville|430|34.85|-82.39|29601
605|SD|Sioux Falls|640|43.55|-96.73|57104
423|TN|Chattanooga|472|35.05|-85.31|37402
615 629|TN|Nashville|470|36.16|-86.78|37201
731|TN|Jackson|468|35.61|-88.81|38301
865|TN|Knoxville|474|35.96|-83.92|37902
901|TN|Memphis|468|35.15|-90.05|38103
931|TN|Clarksville|470|36.53|-87.36|37040
210 726|TX|San Antonio|566|29.42|-98.49|78205
214 469 972 945|TX|Dallas|552|32.78|-96.80|75201
254|TX|Waco|556|31.55|-97.15|76701
281 346 713 832|TX|Houston|560|29.76|-95.37|77002
325|TX|Abilene|550|32.45|-99.73|79601
361|TX|Corpus Christi|564|27.80|-97.40|78401
409|TX|Beaumont|562|30.08|-94.10|77701
430 903|TX|Tyler|554|32.35|-95.30|75702
432|TX|Midland|542|32.00|-102.08|79701
512 737|TX|Austin|558|30.27|-97.74|78701
682 817|TX|Fort Worth|552|32.76|-97.33|76102
806|TX|Lubbock|544|33.58|-101.86|79401
830|TX|New Braunfels|566|29.70|-98.12|78130
915|TX|El Paso|540|31.76|-106.49|79901
936|TX|Conroe|560|30.31|-95.46|77301
940|TX|Wichita Falls|548|33.91|-98.49|76301
956|TX|Laredo|568|27.51|-99.51|78040
979|TX|Bryan|570|30.67|-96.37|77803
385 801|UT|Salt Lake City|660|40.76|-111.89|84101
435|UT|St. George|660|37.10|-113.58|84770
802|VT|Burlington|124|44.48|-73.21|05401
276|VA|Martinsville|244|36.69|-79.87|24112
434|VA|Charlottesville|928|38.03|-78.48|22902
540|VA|Roanoke|244|37.27|-79.94|24011
571 703|VA|Arlington|236|38.88|-77.10|22201
757 948|VA|Virginia Beach|252|36.85|-75.98|23451
804|VA|Richmond|248|37.54|-77.44|23219
206|WA|Seattle|674|47.61|-122.33|98101
253|WA|Tacoma|674|47.25|-122.44|98402
360 564|WA|Olympia|674|47.04|-122.90|98501
425|WA|Bellevue|674|47.61|-122.20|98004
509|WA|Spokane|676|47.66|-117.43|99201
304 681|WV|Charleston|254|38.35|-81.63|25301
262|WI|Kenosha|356|42.58|-87.82|53140
414|WI|Milwaukee|356|43.04|-87.91|53202
534 715|WI|Eau Claire|352|44.81|-91.50|54701
608 353|WI|Madison|354|43.07|-89.40|53703
920 274|WI|Green Bay|350|44.51|-88.02|54301
307|WY|Cheyenne|654|41.14|-104.82|82001
)";

constexpr std::string_view kCanada = R"(
204 431 584|MB|Winnipeg|888|49.90|-97.14|R3C
226 519 548 382|ON|London|888|42.98|-81.25|N6A
236 250 672|BC|Victoria|888|48.43|-123.37|V8W
604 778|BC|Vancouver|888|49.28|-123.12|V6B
249 705 683|ON|Sudbury|888|46.49|-81.00|P3E
263 438 514|QC|Montreal|888|45.50|-73.57|H3B
289 365 905 742|ON|Hamilton|888|43.26|-79.87|L8P
306 639 474|SK|Saskatoon|888|52.13|-106.67|S7K
343 613 753|ON|Ottawa|888|45.42|-75.70|K1P
354 450 579|QC|Laval|888|45.61|-73.71|H7V
367 418 581|QC|Quebec|888|46.81|-71.21|G1R
368 403 587 825|AB|Calgary|888|51.05|-114.07|T2P
416 437 647|ON|Toronto|888|43.65|-79.38|M5H
428 506|NB|Moncton|888|46.09|-64.77|E1C
468 819 873|QC|Gatineau|888|45.48|-75.70|J8X
709 879|NL|St. John's|888|47.56|-52.71|A1C
780|AB|Edmonton|888|53.55|-113.49|T5J
782 902|NS|Halifax|888|44.65|-63.57|B3J
807|ON|Thunder Bay|888|48.38|-89.25|P7B
867|YT|Whitehorse|888|60.72|-135.06|Y1A
)";

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> out;
  while (true) {
    const std::size_t end = text.find(by);
    out.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

double number_of(std::string_view text) {
  double out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

void read(std::vector<AreaPlace>& out, std::string_view table, std::string_view country) {
  for (const std::string_view line : split(table, '\n')) {
    const auto fields = split(line, '|');
    if (fields.size() != 7) continue;
    AreaPlace place{.area_codes = {},
                    .country = std::string(country),
                    .region = std::string(fields[1]),
                    .locality = std::string(fields[2]),
                    .lata = std::string(fields[3]),
                    .position = {number_of(fields[4]), number_of(fields[5])},
                    .postal_code = std::string(fields[6])};
    for (const std::string_view code : split(fields[0], ' ')) place.area_codes.emplace_back(code);
    out.push_back(std::move(place));
  }
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

/// Places of North America, "oakland, ca", and their prefixes.
const std::map<std::string, std::vector<std::string>>& geocoded() {
  static const auto all = [] {
    std::map<std::string, std::vector<std::string>> out;
    for (const auto& [description, prefixes] : place_tables().north_american_prefixes()) {
      if (description.find(", ") == std::string::npos) continue;
      auto& at = out[lower(description)];
      at.insert(at.end(), prefixes.begin(), prefixes.end());
    }
    return out;
  }();
  return all;
}

}  // namespace

double miles_between(const Position& a, const Position& b) {
  constexpr double kEarthRadius = 3958.8;
  const auto radians = [](double degrees) { return degrees * std::numbers::pi / 180; };
  const double half_lat = radians(b.latitude - a.latitude) / 2;
  const double half_long = radians(b.longitude - a.longitude) / 2;
  const double h = std::pow(std::sin(half_lat), 2) +
                   std::cos(radians(a.latitude)) * std::cos(radians(b.latitude)) * std::pow(std::sin(half_long), 2);
  return 2 * kEarthRadius * std::asin(std::min(1.0, std::sqrt(h)));
}

const std::vector<AreaPlace>& area_places() {
  static const auto all = [] {
    std::vector<AreaPlace> out;
    read(out, kUnitedStates, "US");
    read(out, kCanada, "CA");
    return out;
  }();
  return all;
}

const AreaPlace* place_of_area(std::string_view area_code) {
  static const auto by_code = [] {
    std::unordered_map<std::string, const AreaPlace*> out;
    for (const AreaPlace& place : area_places()) {
      for (const std::string& code : place.area_codes) out.emplace(code, &place);
    }
    return out;
  }();
  const auto found = by_code.find(std::string(area_code));
  return found == by_code.end() ? nullptr : found->second;
}

std::string rate_center_of(std::string_view locality) {
  constexpr std::size_t kLengthMax = 10;
  std::string out;
  for (const char c : locality.substr(0, kLengthMax)) out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

std::vector<std::string> prefixes_in(std::string_view locality, std::string_view region) {
  const auto& all = geocoded();
  const std::string name = lower(locality) + ", ";
  const std::string wanted = name + lower(region);
  std::vector<std::string> out;
  for (auto at = all.lower_bound(wanted); at != all.end() && at->first.starts_with(name); ++at) {
    if (!region.empty() && at->first != wanted) break;
    out.insert(out.end(), at->second.begin(), at->second.end());
  }
  return out;
}

}  // namespace dialtone::numbers
