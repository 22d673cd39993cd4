;; Division by constants and at the edges (CVE-2022-31169: Cranelift divided by a constant with the wrong extension on
;; arm64): 0, 1, -1, the least value, constants with only the top bit, constants that fit 16 or 32 bits only with a sign;
;; the least value by -1 traps, its remainder is 0. The operands may be one, and stand where the result goes.
(module
  (func (export "i32.div_s") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func (export "i32.div_s_self") (param i32) (result i32) (i32.div_s (local.get 0) (local.get 0)))
  (func (export "i32.div_s_zero") (param i32) (result i32) (i32.div_s (local.get 0) (i32.const 0)))
  (func (export "i32.div_s_one") (param i32) (result i32) (i32.div_s (local.get 0) (i32.const 1)))
  (func (export "i32.div_s_minus") (param i32) (result i32) (i32.div_s (local.get 0) (i32.const 4294967295)))
  (func (export "i32.div_s_least") (param i32) (result i32) (i32.div_s (local.get 0) (i32.const 2147483648)))
  (func (export "i32.div_s_seven") (param i32) (result i32) (i32.div_s (local.get 0) (i32.const 7)))
  (func (export "i32.div_s_sixteen") (param i32) (result i32) (i32.div_s (local.get 0) (i32.const 4294934528)))
  (func (export "i32.div_s_word") (param i32) (result i32) (i32.div_s (local.get 0) (i32.const 74565)))
  (func (export "i32.div_u") (param i32 i32) (result i32) (i32.div_u (local.get 0) (local.get 1)))
  (func (export "i32.div_u_self") (param i32) (result i32) (i32.div_u (local.get 0) (local.get 0)))
  (func (export "i32.div_u_zero") (param i32) (result i32) (i32.div_u (local.get 0) (i32.const 0)))
  (func (export "i32.div_u_one") (param i32) (result i32) (i32.div_u (local.get 0) (i32.const 1)))
  (func (export "i32.div_u_minus") (param i32) (result i32) (i32.div_u (local.get 0) (i32.const 4294967295)))
  (func (export "i32.div_u_least") (param i32) (result i32) (i32.div_u (local.get 0) (i32.const 2147483648)))
  (func (export "i32.div_u_seven") (param i32) (result i32) (i32.div_u (local.get 0) (i32.const 7)))
  (func (export "i32.div_u_sixteen") (param i32) (result i32) (i32.div_u (local.get 0) (i32.const 4294934528)))
  (func (export "i32.div_u_word") (param i32) (result i32) (i32.div_u (local.get 0) (i32.const 74565)))
  (func (export "i32.rem_s") (param i32 i32) (result i32) (i32.rem_s (local.get 0) (local.get 1)))
  (func (export "i32.rem_s_self") (param i32) (result i32) (i32.rem_s (local.get 0) (local.get 0)))
  (func (export "i32.rem_s_zero") (param i32) (result i32) (i32.rem_s (local.get 0) (i32.const 0)))
  (func (export "i32.rem_s_one") (param i32) (result i32) (i32.rem_s (local.get 0) (i32.const 1)))
  (func (export "i32.rem_s_minus") (param i32) (result i32) (i32.rem_s (local.get 0) (i32.const 4294967295)))
  (func (export "i32.rem_s_least") (param i32) (result i32) (i32.rem_s (local.get 0) (i32.const 2147483648)))
  (func (export "i32.rem_s_seven") (param i32) (result i32) (i32.rem_s (local.get 0) (i32.const 7)))
  (func (export "i32.rem_s_sixteen") (param i32) (result i32) (i32.rem_s (local.get 0) (i32.const 4294934528)))
  (func (export "i32.rem_s_word") (param i32) (result i32) (i32.rem_s (local.get 0) (i32.const 74565)))
  (func (export "i32.rem_u") (param i32 i32) (result i32) (i32.rem_u (local.get 0) (local.get 1)))
  (func (export "i32.rem_u_self") (param i32) (result i32) (i32.rem_u (local.get 0) (local.get 0)))
  (func (export "i32.rem_u_zero") (param i32) (result i32) (i32.rem_u (local.get 0) (i32.const 0)))
  (func (export "i32.rem_u_one") (param i32) (result i32) (i32.rem_u (local.get 0) (i32.const 1)))
  (func (export "i32.rem_u_minus") (param i32) (result i32) (i32.rem_u (local.get 0) (i32.const 4294967295)))
  (func (export "i32.rem_u_least") (param i32) (result i32) (i32.rem_u (local.get 0) (i32.const 2147483648)))
  (func (export "i32.rem_u_seven") (param i32) (result i32) (i32.rem_u (local.get 0) (i32.const 7)))
  (func (export "i32.rem_u_sixteen") (param i32) (result i32) (i32.rem_u (local.get 0) (i32.const 4294934528)))
  (func (export "i32.rem_u_word") (param i32) (result i32) (i32.rem_u (local.get 0) (i32.const 74565)))
  (func (export "i64.div_s") (param i64 i64) (result i64) (i64.div_s (local.get 0) (local.get 1)))
  (func (export "i64.div_s_self") (param i64) (result i64) (i64.div_s (local.get 0) (local.get 0)))
  (func (export "i64.div_s_zero") (param i64) (result i64) (i64.div_s (local.get 0) (i64.const 0)))
  (func (export "i64.div_s_one") (param i64) (result i64) (i64.div_s (local.get 0) (i64.const 1)))
  (func (export "i64.div_s_minus") (param i64) (result i64) (i64.div_s (local.get 0) (i64.const 18446744073709551615)))
  (func (export "i64.div_s_least") (param i64) (result i64) (i64.div_s (local.get 0) (i64.const 9223372036854775808)))
  (func (export "i64.div_s_seven") (param i64) (result i64) (i64.div_s (local.get 0) (i64.const 7)))
  (func (export "i64.div_s_sixteen") (param i64) (result i64) (i64.div_s (local.get 0) (i64.const 18446744073709518848)))
  (func (export "i64.div_s_word") (param i64) (result i64) (i64.div_s (local.get 0) (i64.const 4294967295)))
  (func (export "i64.div_s_big") (param i64) (result i64) (i64.div_s (local.get 0) (i64.const 2147483648)))
  (func (export "i64.div_u") (param i64 i64) (result i64) (i64.div_u (local.get 0) (local.get 1)))
  (func (export "i64.div_u_self") (param i64) (result i64) (i64.div_u (local.get 0) (local.get 0)))
  (func (export "i64.div_u_zero") (param i64) (result i64) (i64.div_u (local.get 0) (i64.const 0)))
  (func (export "i64.div_u_one") (param i64) (result i64) (i64.div_u (local.get 0) (i64.const 1)))
  (func (export "i64.div_u_minus") (param i64) (result i64) (i64.div_u (local.get 0) (i64.const 18446744073709551615)))
  (func (export "i64.div_u_least") (param i64) (result i64) (i64.div_u (local.get 0) (i64.const 9223372036854775808)))
  (func (export "i64.div_u_seven") (param i64) (result i64) (i64.div_u (local.get 0) (i64.const 7)))
  (func (export "i64.div_u_sixteen") (param i64) (result i64) (i64.div_u (local.get 0) (i64.const 18446744073709518848)))
  (func (export "i64.div_u_word") (param i64) (result i64) (i64.div_u (local.get 0) (i64.const 4294967295)))
  (func (export "i64.div_u_big") (param i64) (result i64) (i64.div_u (local.get 0) (i64.const 2147483648)))
  (func (export "i64.rem_s") (param i64 i64) (result i64) (i64.rem_s (local.get 0) (local.get 1)))
  (func (export "i64.rem_s_self") (param i64) (result i64) (i64.rem_s (local.get 0) (local.get 0)))
  (func (export "i64.rem_s_zero") (param i64) (result i64) (i64.rem_s (local.get 0) (i64.const 0)))
  (func (export "i64.rem_s_one") (param i64) (result i64) (i64.rem_s (local.get 0) (i64.const 1)))
  (func (export "i64.rem_s_minus") (param i64) (result i64) (i64.rem_s (local.get 0) (i64.const 18446744073709551615)))
  (func (export "i64.rem_s_least") (param i64) (result i64) (i64.rem_s (local.get 0) (i64.const 9223372036854775808)))
  (func (export "i64.rem_s_seven") (param i64) (result i64) (i64.rem_s (local.get 0) (i64.const 7)))
  (func (export "i64.rem_s_sixteen") (param i64) (result i64) (i64.rem_s (local.get 0) (i64.const 18446744073709518848)))
  (func (export "i64.rem_s_word") (param i64) (result i64) (i64.rem_s (local.get 0) (i64.const 4294967295)))
  (func (export "i64.rem_s_big") (param i64) (result i64) (i64.rem_s (local.get 0) (i64.const 2147483648)))
  (func (export "i64.rem_u") (param i64 i64) (result i64) (i64.rem_u (local.get 0) (local.get 1)))
  (func (export "i64.rem_u_self") (param i64) (result i64) (i64.rem_u (local.get 0) (local.get 0)))
  (func (export "i64.rem_u_zero") (param i64) (result i64) (i64.rem_u (local.get 0) (i64.const 0)))
  (func (export "i64.rem_u_one") (param i64) (result i64) (i64.rem_u (local.get 0) (i64.const 1)))
  (func (export "i64.rem_u_minus") (param i64) (result i64) (i64.rem_u (local.get 0) (i64.const 18446744073709551615)))
  (func (export "i64.rem_u_least") (param i64) (result i64) (i64.rem_u (local.get 0) (i64.const 9223372036854775808)))
  (func (export "i64.rem_u_seven") (param i64) (result i64) (i64.rem_u (local.get 0) (i64.const 7)))
  (func (export "i64.rem_u_sixteen") (param i64) (result i64) (i64.rem_u (local.get 0) (i64.const 18446744073709518848)))
  (func (export "i64.rem_u_word") (param i64) (result i64) (i64.rem_u (local.get 0) (i64.const 4294967295)))
  (func (export "i64.rem_u_big") (param i64) (result i64) (i64.rem_u (local.get 0) (i64.const 2147483648))))
;; expect lockstep-1: i32.div_s(2147483648, 4294967295) => trap integer_overflow, gas 27
;; expect lockstep-1: i32.div_s(2147483648, 1) => [i32:2147483648], gas 27
;; expect lockstep-1: i32.div_s(7, 0) => trap integer_divide_by_zero, gas 27
;; expect lockstep-1: i32.div_s(2147483648, 2147483648) => [i32:1], gas 27
;; expect lockstep-1: i32.div_s(4294967295, 2) => [i32:0], gas 27
;; expect lockstep-1: i32.div_s(7, 4294967293) => [i32:4294967294], gas 27
;; expect lockstep-1: i32.div_s_self(2147483648) => [i32:1], gas 27
;; expect lockstep-1: i32.div_s_zero(2147483648) => trap integer_divide_by_zero, gas 27
;; expect lockstep-1: i32.div_s_one(2147483648) => [i32:2147483648], gas 27
;; expect lockstep-1: i32.div_s_minus(2147483648) => trap integer_overflow, gas 27
;; expect lockstep-1: i32.div_s_least(2147483648) => [i32:1], gas 27
;; expect lockstep-1: i32.div_s_least(4294967290) => [i32:0], gas 27
;; expect lockstep-1: i32.div_s_seven(2147483648) => [i32:3988183918], gas 27
;; expect lockstep-1: i32.div_s_sixteen(2147483648) => [i32:65536], gas 27
;; expect lockstep-1: i32.div_s_sixteen(4294967290) => [i32:0], gas 27
;; expect lockstep-1: i32.div_s_word(2147483648) => [i32:4294938496], gas 27
;; expect lockstep-1: i32.div_s_word(4294967290) => [i32:0], gas 27
;; expect lockstep-1: i32.div_u(2147483648, 4294967295) => [i32:0], gas 27
;; expect lockstep-1: i32.div_u(2147483648, 1) => [i32:2147483648], gas 27
;; expect lockstep-1: i32.div_u(7, 0) => trap integer_divide_by_zero, gas 27
;; expect lockstep-1: i32.div_u(2147483648, 2147483648) => [i32:1], gas 27
;; expect lockstep-1: i32.div_u(4294967295, 2) => [i32:2147483647], gas 27
;; expect lockstep-1: i32.div_u(7, 4294967293) => [i32:0], gas 27
;; expect lockstep-1: i32.div_u_self(2147483648) => [i32:1], gas 27
;; expect lockstep-1: i32.div_u_zero(2147483648) => trap integer_divide_by_zero, gas 27
;; expect lockstep-1: i32.div_u_one(2147483648) => [i32:2147483648], gas 27
;; expect lockstep-1: i32.div_u_minus(2147483648) => [i32:0], gas 27
;; expect lockstep-1: i32.div_u_least(2147483648) => [i32:1], gas 27
;; expect lockstep-1: i32.div_u_least(4294967290) => [i32:1], gas 27
;; expect lockstep-1: i32.div_u_seven(2147483648) => [i32:306783378], gas 27
;; expect lockstep-1: i32.div_u_sixteen(2147483648) => [i32:0], gas 27
;; expect lockstep-1: i32.div_u_sixteen(4294967290) => [i32:1], gas 27
;; expect lockstep-1: i32.div_u_word(2147483648) => [i32:28800], gas 27
;; expect lockstep-1: i32.div_u_word(4294967290) => [i32:57600], gas 27
;; expect lockstep-1: i32.rem_s(2147483648, 4294967295) => [i32:0], gas 27
;; expect lockstep-1: i32.rem_s(2147483648, 1) => [i32:0], gas 27
;; expect lockstep-1: i32.rem_s(7, 0) => trap integer_divide_by_zero, gas 27
;; expect lockstep-1: i32.rem_s(2147483648, 2147483648) => [i32:0], gas 27
;; expect lockstep-1: i32.rem_s(4294967295, 2) => [i32:4294967295], gas 27
;; expect lockstep-1: i32.rem_s(7, 4294967293) => [i32:1], gas 27
;; expect lockstep-1: i32.rem_s_self(2147483648) => [i32:0], gas 27
;; expect lockstep-1: i32.rem_s_zero(2147483648) => trap integer_divide_by_zero, gas 27
;; expect lockstep-1: i32.rem_s_one(2147483648) => [i32:0], gas 27
;; expect lockstep-1: i32.rem_s_minus(2147483648) => [i32:0], gas 27
;; expect lockstep-1: i32.rem_s_least(2147483648) => [i32:0], gas 27
;; expect lockstep-1: i32.rem_s_least(4294967290) => [i32:4294967290], gas 27
;; expect lockstep-1: i32.rem_s_seven(2147483648) => [i32:4294967294], gas 27
;; expect lockstep-1: i32.rem_s_sixteen(2147483648) => [i32:0], gas 27
;; expect lockstep-1: i32.rem_s_sixteen(4294967290) => [i32:4294967290], gas 27
;; expect lockstep-1: i32.rem_s_word(2147483648) => [i32:4294955648], gas 27
;; expect lockstep-1: i32.rem_s_word(4294967290) => [i32:4294967290], gas 27
;; expect lockstep-1: i32.rem_u(2147483648, 4294967295) => [i32:2147483648], gas 27
;; expect lockstep-1: i32.rem_u(2147483648, 1) => [i32:0], gas 27
;; expect lockstep-1: i32.rem_u(7, 0) => trap integer_divide_by_zero, gas 27
;; expect lockstep-1: i32.rem_u(2147483648, 2147483648) => [i32:0], gas 27
;; expect lockstep-1: i32.rem_u(4294967295, 2) => [i32:1], gas 27
;; expect lockstep-1: i32.rem_u(7, 4294967293) => [i32:7], gas 27
;; expect lockstep-1: i32.rem_u_self(2147483648) => [i32:0], gas 27
;; expect lockstep-1: i32.rem_u_zero(2147483648) => trap integer_divide_by_zero, gas 27
;; expect lockstep-1: i32.rem_u_one(2147483648) => [i32:0], gas 27
;; expect lockstep-1: i32.rem_u_minus(2147483648) => [i32:2147483648], gas 27
;; expect lockstep-1: i32.rem_u_least(2147483648) => [i32:0], gas 27
;; expect lockstep-1: i32.rem_u_least(4294967290) => [i32:2147483642], gas 27
;; expect lockstep-1: i32.rem_u_seven(2147483648) => [i32:2], gas 27
;; expect lockstep-1: i32.rem_u_sixteen(2147483648) => [i32:2147483648], gas 27
;; expect lockstep-1: i32.rem_u_sixteen(4294967290) => [i32:32762], gas 27
;; expect lockstep-1: i32.rem_u_word(2147483648) => [i32:11648], gas 27
;; expect lockstep-1: i32.rem_u_word(4294967290) => [i32:23290], gas 27
;; expect lockstep-1: i64.div_s(9223372036854775808, 18446744073709551615) => trap integer_overflow, gas 27
;; expect lockstep-1: i64.div_s(9223372036854775808, 1) => [i64:9223372036854775808], gas 27
;; expect lockstep-1: i64.div_s(7, 0) => trap integer_divide_by_zero, gas 27
;; expect lockstep-1: i64.div_s(9223372036854775808, 9223372036854775808) => [i64:1], gas 27
;; expect lockstep-1: i64.div_s(18446744073709551615, 2) => [i64:0], gas 27
;; expect lockstep-1: i64.div_s(7, 18446744073709551613) => [i64:18446744073709551614], gas 27
;; expect lockstep-1: i64.div_s_self(9223372036854775808) => [i64:1], gas 27
;; expect lockstep-1: i64.div_s_zero(9223372036854775808) => trap integer_divide_by_zero, gas 27
;; expect lockstep-1: i64.div_s_one(9223372036854775808) => [i64:9223372036854775808], gas 27
;; expect lockstep-1: i64.div_s_minus(9223372036854775808) => trap integer_overflow, gas 27
;; expect lockstep-1: i64.div_s_least(9223372036854775808) => [i64:1], gas 27
;; expect lockstep-1: i64.div_s_least(18446744073709551610) => [i64:0], gas 27
;; expect lockstep-1: i64.div_s_seven(9223372036854775808) => [i64:17129119497016012215], gas 27
;; expect lockstep-1: i64.div_s_sixteen(9223372036854775808) => [i64:281474976710656], gas 27
;; expect lockstep-1: i64.div_s_sixteen(18446744073709551610) => [i64:0], gas 27
;; expect lockstep-1: i64.div_s_word(9223372036854775808) => [i64:18446744071562067968], gas 27
;; expect lockstep-1: i64.div_s_word(18446744073709551610) => [i64:0], gas 27
;; expect lockstep-1: i64.div_s_big(9223372036854775808) => [i64:18446744069414584320], gas 27
;; expect lockstep-1: i64.div_s_big(18446744073709551610) => [i64:0], gas 27
;; expect lockstep-1: i64.div_u(9223372036854775808, 18446744073709551615) => [i64:0], gas 27
;; expect lockstep-1: i64.div_u(9223372036854775808, 1) => [i64:9223372036854775808], gas 27
;; expect lockstep-1: i64.div_u(7, 0) => trap integer_divide_by_zero, gas 27
;; expect lockstep-1: i64.div_u(9223372036854775808, 9223372036854775808) => [i64:1], gas 27
;; expect lockstep-1: i64.div_u(18446744073709551615, 2) => [i64:9223372036854775807], gas 27
;; expect lockstep-1: i64.div_u(7, 18446744073709551613) => [i64:0], gas 27
;; expect lockstep-1: i64.div_u_self(9223372036854775808) => [i64:1], gas 27
;; expect lockstep-1: i64.div_u_zero(9223372036854775808) => trap integer_divide_by_zero, gas 27
;; expect lockstep-1: i64.div_u_one(9223372036854775808) => [i64:9223372036854775808], gas 27
;; expect lockstep-1: i64.div_u_minus(9223372036854775808) => [i64:0], gas 27
;; expect lockstep-1: i64.div_u_least(9223372036854775808) => [i64:1], gas 27
;; expect lockstep-1: i64.div_u_least(18446744073709551610) => [i64:1], gas 27
;; expect lockstep-1: i64.div_u_seven(9223372036854775808) => [i64:1317624576693539401], gas 27
;; expect lockstep-1: i64.div_u_sixteen(9223372036854775808) => [i64:0], gas 27
;; expect lockstep-1: i64.div_u_sixteen(18446744073709551610) => [i64:1], gas 27
;; expect lockstep-1: i64.div_u_word(9223372036854775808) => [i64:2147483648], gas 27
;; expect lockstep-1: i64.div_u_word(18446744073709551610) => [i64:4294967296], gas 27
;; expect lockstep-1: i64.div_u_big(9223372036854775808) => [i64:4294967296], gas 27
;; expect lockstep-1: i64.div_u_big(18446744073709551610) => [i64:8589934591], gas 27
;; expect lockstep-1: i64.rem_s(9223372036854775808, 18446744073709551615) => [i64:0], gas 27
;; expect lockstep-1: i64.rem_s(9223372036854775808, 1) => [i64:0], gas 27
;; expect lockstep-1: i64.rem_s(7, 0) => trap integer_divide_by_zero, gas 27
;; expect lockstep-1: i64.rem_s(9223372036854775808, 9223372036854775808) => [i64:0], gas 27
;; expect lockstep-1: i64.rem_s(18446744073709551615, 2) => [i64:18446744073709551615], gas 27
;; expect lockstep-1: i64.rem_s(7, 18446744073709551613) => [i64:1], gas 27
;; expect lockstep-1: i64.rem_s_self(9223372036854775808) => [i64:0], gas 27
;; expect lockstep-1: i64.rem_s_zero(9223372036854775808) => trap integer_divide_by_zero, gas 27
;; expect lockstep-1: i64.rem_s_one(9223372036854775808) => [i64:0], gas 27
;; expect lockstep-1: i64.rem_s_minus(9223372036854775808) => [i64:0], gas 27
;; expect lockstep-1: i64.rem_s_least(9223372036854775808) => [i64:0], gas 27
;; expect lockstep-1: i64.rem_s_least(18446744073709551610) => [i64:18446744073709551610], gas 27
;; expect lockstep-1: i64.rem_s_seven(9223372036854775808) => [i64:18446744073709551615], gas 27
;; expect lockstep-1: i64.rem_s_sixteen(9223372036854775808) => [i64:0], gas 27
;; expect lockstep-1: i64.rem_s_sixteen(18446744073709551610) => [i64:18446744073709551610], gas 27
;; expect lockstep-1: i64.rem_s_word(9223372036854775808) => [i64:18446744071562067968], gas 27
;; expect lockstep-1: i64.rem_s_word(18446744073709551610) => [i64:18446744073709551610], gas 27
;; expect lockstep-1: i64.rem_s_big(9223372036854775808) => [i64:0], gas 27
;; expect lockstep-1: i64.rem_s_big(18446744073709551610) => [i64:18446744073709551610], gas 27
;; expect lockstep-1: i64.rem_u(9223372036854775808, 18446744073709551615) => [i64:9223372036854775808], gas 27
;; expect lockstep-1: i64.rem_u(9223372036854775808, 1) => [i64:0], gas 27
;; expect lockstep-1: i64.rem_u(7, 0) => trap integer_divide_by_zero, gas 27
;; expect lockstep-1: i64.rem_u(9223372036854775808, 9223372036854775808) => [i64:0], gas 27
;; expect lockstep-1: i64.rem_u(18446744073709551615, 2) => [i64:1], gas 27
;; expect lockstep-1: i64.rem_u(7, 18446744073709551613) => [i64:7], gas 27
;; expect lockstep-1: i64.rem_u_self(9223372036854775808) => [i64:0], gas 27
;; expect lockstep-1: i64.rem_u_zero(9223372036854775808) => trap integer_divide_by_zero, gas 27
;; expect lockstep-1: i64.rem_u_one(9223372036854775808) => [i64:0], gas 27
;; expect lockstep-1: i64.rem_u_minus(9223372036854775808) => [i64:9223372036854775808], gas 27
;; expect lockstep-1: i64.rem_u_least(9223372036854775808) => [i64:0], gas 27
;; expect lockstep-1: i64.rem_u_least(18446744073709551610) => [i64:9223372036854775802], gas 27
;; expect lockstep-1: i64.rem_u_seven(9223372036854775808) => [i64:1], gas 27
;; expect lockstep-1: i64.rem_u_sixteen(9223372036854775808) => [i64:9223372036854775808], gas 27
;; expect lockstep-1: i64.rem_u_sixteen(18446744073709551610) => [i64:32762], gas 27
;; expect lockstep-1: i64.rem_u_word(9223372036854775808) => [i64:2147483648], gas 27
;; expect lockstep-1: i64.rem_u_word(18446744073709551610) => [i64:4294967290], gas 27
;; expect lockstep-1: i64.rem_u_big(9223372036854775808) => [i64:0], gas 27
;; expect lockstep-1: i64.rem_u_big(18446744073709551610) => [i64:2147483642], gas 27
