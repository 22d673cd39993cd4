;; Conversions of floats to integers at the exact edges of their range, on both sides, and of NaN; the saturating ones give
;; the edge instead of a trap. The last floats that fit differ by width: 2^31 - 1 is a double and no float.
(module
  (func (export "i32.f32_s") (param f32) (result i32) (i32.trunc_f32_s (local.get 0)))
  (func (export "i32.f32_s_sat") (param f32) (result i32) (i32.trunc_sat_f32_s (local.get 0)))
  (func (export "i32.f64_s") (param f64) (result i32) (i32.trunc_f64_s (local.get 0)))
  (func (export "i32.f64_s_sat") (param f64) (result i32) (i32.trunc_sat_f64_s (local.get 0)))
  (func (export "i32.f32_u") (param f32) (result i32) (i32.trunc_f32_u (local.get 0)))
  (func (export "i32.f32_u_sat") (param f32) (result i32) (i32.trunc_sat_f32_u (local.get 0)))
  (func (export "i32.f64_u") (param f64) (result i32) (i32.trunc_f64_u (local.get 0)))
  (func (export "i32.f64_u_sat") (param f64) (result i32) (i32.trunc_sat_f64_u (local.get 0)))
  (func (export "i64.f32_s") (param f32) (result i64) (i64.trunc_f32_s (local.get 0)))
  (func (export "i64.f32_s_sat") (param f32) (result i64) (i64.trunc_sat_f32_s (local.get 0)))
  (func (export "i64.f64_s") (param f64) (result i64) (i64.trunc_f64_s (local.get 0)))
  (func (export "i64.f64_s_sat") (param f64) (result i64) (i64.trunc_sat_f64_s (local.get 0)))
  (func (export "i64.f32_u") (param f32) (result i64) (i64.trunc_f32_u (local.get 0)))
  (func (export "i64.f32_u_sat") (param f32) (result i64) (i64.trunc_sat_f32_u (local.get 0)))
  (func (export "i64.f64_u") (param f64) (result i64) (i64.trunc_f64_u (local.get 0)))
  (func (export "i64.f64_u_sat") (param f64) (result i64) (i64.trunc_sat_f64_u (local.get 0))))
;; expect lockstep-1: i32.f32_s(1325400063) => [i32:2147483520], gas 18
;; expect lockstep-1: i32.f32_s(1325400064) => trap integer_overflow, gas 18
;; expect lockstep-1: i32.f32_s_sat(1325400064) => [i32:2147483647], gas 18
;; expect lockstep-1: i32.f32_s(3472883712) => [i32:2147483648], gas 18
;; expect lockstep-1: i32.f32_s(3472883713) => trap integer_overflow, gas 18
;; expect lockstep-1: i32.f32_s_sat(3472883713) => [i32:2147483648], gas 18
;; expect lockstep-1: i32.f32_s(2143289344) => trap invalid_conversion, gas 18
;; expect lockstep-1: i32.f32_s_sat(2143289344) => [i32:0], gas 18
;; expect lockstep-1: i32.f32_s_sat(4286578688) => [i32:2147483648], gas 18
;; expect lockstep-1: i32.f64_s(4746794007248502783) => [i32:2147483647], gas 18
;; expect lockstep-1: i32.f64_s(4746794007248502784) => trap integer_overflow, gas 18
;; expect lockstep-1: i32.f64_s_sat(4746794007248502784) => [i32:2147483647], gas 18
;; expect lockstep-1: i32.f64_s(13970166044103278592) => [i32:2147483648], gas 18
;; expect lockstep-1: i32.f64_s(13970166044105375744) => trap integer_overflow, gas 18
;; expect lockstep-1: i32.f64_s(13970166044105375743) => [i32:2147483648], gas 18
;; expect lockstep-1: i32.f64_s_sat(13970166044105375744) => [i32:2147483648], gas 18
;; expect lockstep-1: i32.f64_s(9221120237041090560) => trap invalid_conversion, gas 18
;; expect lockstep-1: i32.f64_s_sat(9221120237041090560) => [i32:0], gas 18
;; expect lockstep-1: i32.f64_s_sat(18442240474082181120) => [i32:2147483648], gas 18
;; expect lockstep-1: i32.f32_u(1333788671) => [i32:4294967040], gas 18
;; expect lockstep-1: i32.f32_u(1333788672) => trap integer_overflow, gas 18
;; expect lockstep-1: i32.f32_u_sat(1333788672) => [i32:4294967295], gas 18
;; expect lockstep-1: i32.f32_u(3212836863) => [i32:0], gas 18
;; expect lockstep-1: i32.f32_u(3212836864) => trap integer_overflow, gas 18
;; expect lockstep-1: i32.f32_u_sat(3212836864) => [i32:0], gas 18
;; expect lockstep-1: i32.f32_u(2143289344) => trap invalid_conversion, gas 18
;; expect lockstep-1: i32.f32_u_sat(2143289344) => [i32:0], gas 18
;; expect lockstep-1: i32.f32_u_sat(4286578688) => [i32:0], gas 18
;; expect lockstep-1: i32.f64_u(4751297606875873279) => [i32:4294967295], gas 18
;; expect lockstep-1: i32.f64_u(4751297606875873280) => trap integer_overflow, gas 18
;; expect lockstep-1: i32.f64_u_sat(4751297606875873280) => [i32:4294967295], gas 18
;; expect lockstep-1: i32.f64_u(13830554455654793215) => [i32:0], gas 18
;; expect lockstep-1: i32.f64_u(13830554455654793216) => trap integer_overflow, gas 18
;; expect lockstep-1: i32.f64_u_sat(13830554455654793216) => [i32:0], gas 18
;; expect lockstep-1: i32.f64_u(9221120237041090560) => trap invalid_conversion, gas 18
;; expect lockstep-1: i32.f64_u_sat(9221120237041090560) => [i32:0], gas 18
;; expect lockstep-1: i32.f64_u_sat(18442240474082181120) => [i32:0], gas 18
;; expect lockstep-1: i64.f32_s(1593835519) => [i64:9223371487098961920], gas 18
;; expect lockstep-1: i64.f32_s(1593835520) => trap integer_overflow, gas 18
;; expect lockstep-1: i64.f32_s_sat(1593835520) => [i64:9223372036854775807], gas 18
;; expect lockstep-1: i64.f32_s(3741319168) => [i64:9223372036854775808], gas 18
;; expect lockstep-1: i64.f32_s(3741319169) => trap integer_overflow, gas 18
;; expect lockstep-1: i64.f32_s_sat(3741319169) => [i64:9223372036854775808], gas 18
;; expect lockstep-1: i64.f32_s(2143289344) => trap invalid_conversion, gas 18
;; expect lockstep-1: i64.f32_s_sat(2143289344) => [i64:0], gas 18
;; expect lockstep-1: i64.f32_s_sat(4286578688) => [i64:9223372036854775808], gas 18
;; expect lockstep-1: i64.f64_s(4890909195324358655) => [i64:9223372036854774784], gas 18
;; expect lockstep-1: i64.f64_s(4890909195324358656) => trap integer_overflow, gas 18
;; expect lockstep-1: i64.f64_s_sat(4890909195324358656) => [i64:9223372036854775807], gas 18
;; expect lockstep-1: i64.f64_s(14114281232179134464) => [i64:9223372036854775808], gas 18
;; expect lockstep-1: i64.f64_s(14114281232179134465) => trap integer_overflow, gas 18
;; expect lockstep-1: i64.f64_s_sat(14114281232179134465) => [i64:9223372036854775808], gas 18
;; expect lockstep-1: i64.f64_s(9221120237041090560) => trap invalid_conversion, gas 18
;; expect lockstep-1: i64.f64_s_sat(9221120237041090560) => [i64:0], gas 18
;; expect lockstep-1: i64.f64_s_sat(18442240474082181120) => [i64:9223372036854775808], gas 18
;; expect lockstep-1: i64.f32_u(1602224127) => [i64:18446742974197923840], gas 18
;; expect lockstep-1: i64.f32_u(1602224128) => trap integer_overflow, gas 18
;; expect lockstep-1: i64.f32_u_sat(1602224128) => [i64:18446744073709551615], gas 18
;; expect lockstep-1: i64.f32_u(3212836863) => [i64:0], gas 18
;; expect lockstep-1: i64.f32_u(3212836864) => trap integer_overflow, gas 18
;; expect lockstep-1: i64.f32_u_sat(3212836864) => [i64:0], gas 18
;; expect lockstep-1: i64.f32_u(2143289344) => trap invalid_conversion, gas 18
;; expect lockstep-1: i64.f32_u_sat(2143289344) => [i64:0], gas 18
;; expect lockstep-1: i64.f32_u_sat(4286578688) => [i64:0], gas 18
;; expect lockstep-1: i64.f64_u(4895412794951729151) => [i64:18446744073709549568], gas 18
;; expect lockstep-1: i64.f64_u(4895412794951729152) => trap integer_overflow, gas 18
;; expect lockstep-1: i64.f64_u_sat(4895412794951729152) => [i64:18446744073709551615], gas 18
;; expect lockstep-1: i64.f64_u(13830554455654793215) => [i64:0], gas 18
;; expect lockstep-1: i64.f64_u(13830554455654793216) => trap integer_overflow, gas 18
;; expect lockstep-1: i64.f64_u_sat(13830554455654793216) => [i64:0], gas 18
;; expect lockstep-1: i64.f64_u(9221120237041090560) => trap invalid_conversion, gas 18
;; expect lockstep-1: i64.f64_u_sat(9221120237041090560) => [i64:0], gas 18
;; expect lockstep-1: i64.f64_u_sat(18442240474082181120) => [i64:0], gas 18
