#include "symbolic/catalogue.h"

namespace symshape::symbolic {
namespace {

// clang-format off
constexpr CatalogueRow kCatalogue[] = {
    // id, name,         left,                  right,                holds if,                       fails at,              example
    { 2, "nested-div",     "(x//a + c)//b",        "(x + a*c)//(a*b)",   "a != 0 and b > 0",             "x=1 a=2 b=-1 c=0",    "((H + 1)//2 + 1)//2"},
    { 4, "ceil",           "-(-x//b)",             "(x + b - 1)//b",     "b > 0",                        "x=1 b=-2",            "ceiling(H/3)"},
    { 6, "pull-multiple",  "(d*q + r)//d",         "q + r//d",           "d != 0",                       "d=0 q=1 r=1",         "(4*H + W)//4"},
    { 7, "common-divisor", "(g*x + r)//(g*d)",     "x//d",               "0 <= r and r < g and d > 0",   "g=2 x=1 r=2 d=2",     "(2*H + 1)//4"},
    {10, "cancel-factor",  "(p*s)//(q*s)",         "p//q",               "s != 0 and q != 0",            "p=1 q=1 s=0",         "(B*S*64)//(B*S*8)"},
    {11, "exact-product",  "x*(a//b)",             "(x*a)//b",           "b != 0 and a % b == 0",        "x=2 a=1 b=2",         "h*(D//h) ; D % h == 0"},
    {12, "exact-quotient", "g*c*(x//(g*d))",       "c*(x//d - r//d)",    "d > 0 and g > 0 and x % (g*d) == r", "x=3 r=0 g=2 c=1 d=1", "4*(C//4) ; C % 4 == 0"},
    {22, "hermite",        "x//d + (x + 1)//d",    "x",                  "d == 2",                       "x=1 d=3",             "S//2 + (S + 1)//2"},
    {31, "orient-max",     "max(c*a, c*b)",        "c*(b + max(a - b, 0))", "c >= 0",                    "c=-1 a=0 b=1",        "max(0, 3 - S)"},
    {32, "div-of-max",     "max(a, b)//d",         "max(a//d, b//d)",    "d > 0",                        "a=1 b=2 d=-1",        "max(H, W)//2"},
    {33, "broadcast",      "broadcast(a, b)",      "max(a, b)*min(1, a, b)", "a >= 0 and b >= 0 and (a - b)*(a - 1)*(b - 1) == 0", "a=2 b=3", "max(a, b)*min(1, a, b)"},
    {35, "negated-div",    "-(x//d)",              "(-x + d - 1)//d",    "d > 0",                        "x=1 d=-2",            "(7 - H)//3"},
    {37, "clipped-max",    "max(y, c - k*x)",      "max(y, c - c*x)",    "y >= 0 and x >= 0 and c >= 0 and k >= c", "y=0 c=2 k=1 x=1", "max(batch, 1 - 32*seq)"},
    {38, "max-beside",     "q*max(a, b)",          "q*b",                "q >= 0 and q*(b - a) >= 0",    "q=1 a=1 b=0",         "N*max(-1, -4*N)"},
    {39, "at-zero",        "max(a, x + y*max(0, 1 - x))", "max(a, x) + max(0, 1 - x)*(max(a, y) - max(a, 0))", "x >= 0", "x=-1 y=1 a=0", "max(S, H + W*max(0, 1 - H))"},
};
// clang-format on
static_assert(sizeof(kCatalogue) / sizeof(kCatalogue[0]) == kRowCount);

}  // namespace

absl::Span<const CatalogueRow> Catalogue() { return kCatalogue; }

}  // namespace symshape::symbolic
