;; Shift counts are taken modulo the width, in registers and as constants; rotates by 0 and by the width change nothing
;; (rorx takes its count the other way round); the count may be the shifted value, or stand where the result goes.
(module
  (func (export "i32.shl") (param i32 i32) (result i32) (i32.shl (local.get 0) (local.get 1)))
  (func (export "i32.shl_self") (param i32) (result i32) (i32.shl (local.get 0) (local.get 0)))
  (func (export "i32.shl_onto") (param i32 i32) (result i32) (local.set 1 (i32.shl (local.get 0) (local.get 1))) (local.get 1))
  (func (export "i32.shl_constants") (param i32) (result i32)
    (i32.add (i32.mul (i32.add (i32.mul (i32.add (i32.mul (i32.add (i32.mul (i32.add (i32.mul (i32.add (i32.mul (i32.const 0) (i32.const 31))
      (i32.shl (local.get 0) (i32.const 0))) (i32.const 31))
      (i32.shl (local.get 0) (i32.const 1))) (i32.const 31))
      (i32.shl (local.get 0) (i32.const 31))) (i32.const 31))
      (i32.shl (local.get 0) (i32.const 32))) (i32.const 31))
      (i32.shl (local.get 0) (i32.const 33))) (i32.const 31))
      (i32.shl (local.get 0) (i32.const -1))))
  (func (export "i32.shr_s") (param i32 i32) (result i32) (i32.shr_s (local.get 0) (local.get 1)))
  (func (export "i32.shr_s_self") (param i32) (result i32) (i32.shr_s (local.get 0) (local.get 0)))
  (func (export "i32.shr_s_onto") (param i32 i32) (result i32) (local.set 1 (i32.shr_s (local.get 0) (local.get 1))) (local.get 1))
  (func (export "i32.shr_s_constants") (param i32) (result i32)
    (i32.add (i32.mul (i32.add (i32.mul (i32.add (i32.mul (i32.add (i32.mul (i32.add (i32.mul (i32.add (i32.mul (i32.const 0) (i32.const 31))
      (i32.shr_s (local.get 0) (i32.const 0))) (i32.const 31))
      (i32.shr_s (local.get 0) (i32.const 1))) (i32.const 31))
      (i32.shr_s (local.get 0) (i32.const 31))) (i32.const 31))
      (i32.shr_s (local.get 0) (i32.const 32))) (i32.const 31))
      (i32.shr_s (local.get 0) (i32.const 33))) (i32.const 31))
      (i32.shr_s (local.get 0) (i32.const -1))))
  (func (export "i32.shr_u") (param i32 i32) (result i32) (i32.shr_u (local.get 0) (local.get 1)))
  (func (export "i32.shr_u_self") (param i32) (result i32) (i32.shr_u (local.get 0) (local.get 0)))
  (func (export "i32.shr_u_onto") (param i32 i32) (result i32) (local.set 1 (i32.shr_u (local.get 0) (local.get 1))) (local.get 1))
  (func (export "i32.shr_u_constants") (param i32) (result i32)
    (i32.add (i32.mul (i32.add (i32.mul (i32.add (i32.mul (i32.add (i32.mul (i32.add (i32.mul (i32.add (i32.mul (i32.const 0) (i32.const 31))
      (i32.shr_u (local.get 0) (i32.const 0))) (i32.const 31))
      (i32.shr_u (local.get 0) (i32.const 1))) (i32.const 31))
      (i32.shr_u (local.get 0) (i32.const 31))) (i32.const 31))
      (i32.shr_u (local.get 0) (i32.const 32))) (i32.const 31))
      (i32.shr_u (local.get 0) (i32.const 33))) (i32.const 31))
      (i32.shr_u (local.get 0) (i32.const -1))))
  (func (export "i32.rotl") (param i32 i32) (result i32) (i32.rotl (local.get 0) (local.get 1)))
  (func (export "i32.rotl_self") (param i32) (result i32) (i32.rotl (local.get 0) (local.get 0)))
  (func (export "i32.rotl_onto") (param i32 i32) (result i32) (local.set 1 (i32.rotl (local.get 0) (local.get 1))) (local.get 1))
  (func (export "i32.rotl_constants") (param i32) (result i32)
    (i32.add (i32.mul (i32.add (i32.mul (i32.add (i32.mul (i32.add (i32.mul (i32.add (i32.mul (i32.add (i32.mul (i32.const 0) (i32.const 31))
      (i32.rotl (local.get 0) (i32.const 0))) (i32.const 31))
      (i32.rotl (local.get 0) (i32.const 1))) (i32.const 31))
      (i32.rotl (local.get 0) (i32.const 31))) (i32.const 31))
      (i32.rotl (local.get 0) (i32.const 32))) (i32.const 31))
      (i32.rotl (local.get 0) (i32.const 33))) (i32.const 31))
      (i32.rotl (local.get 0) (i32.const -1))))
  (func (export "i32.rotr") (param i32 i32) (result i32) (i32.rotr (local.get 0) (local.get 1)))
  (func (export "i32.rotr_self") (param i32) (result i32) (i32.rotr (local.get 0) (local.get 0)))
  (func (export "i32.rotr_onto") (param i32 i32) (result i32) (local.set 1 (i32.rotr (local.get 0) (local.get 1))) (local.get 1))
  (func (export "i32.rotr_constants") (param i32) (result i32)
    (i32.add (i32.mul (i32.add (i32.mul (i32.add (i32.mul (i32.add (i32.mul (i32.add (i32.mul (i32.add (i32.mul (i32.const 0) (i32.const 31))
      (i32.rotr (local.get 0) (i32.const 0))) (i32.const 31))
      (i32.rotr (local.get 0) (i32.const 1))) (i32.const 31))
      (i32.rotr (local.get 0) (i32.const 31))) (i32.const 31))
      (i32.rotr (local.get 0) (i32.const 32))) (i32.const 31))
      (i32.rotr (local.get 0) (i32.const 33))) (i32.const 31))
      (i32.rotr (local.get 0) (i32.const -1))))
  (func (export "i64.shl") (param i64 i64) (result i64) (i64.shl (local.get 0) (local.get 1)))
  (func (export "i64.shl_self") (param i64) (result i64) (i64.shl (local.get 0) (local.get 0)))
  (func (export "i64.shl_onto") (param i64 i64) (result i64) (local.set 1 (i64.shl (local.get 0) (local.get 1))) (local.get 1))
  (func (export "i64.shl_constants") (param i64) (result i64)
    (i64.add (i64.mul (i64.add (i64.mul (i64.add (i64.mul (i64.add (i64.mul (i64.add (i64.mul (i64.add (i64.mul (i64.const 0) (i64.const 31))
      (i64.shl (local.get 0) (i64.const 0))) (i64.const 31))
      (i64.shl (local.get 0) (i64.const 1))) (i64.const 31))
      (i64.shl (local.get 0) (i64.const 63))) (i64.const 31))
      (i64.shl (local.get 0) (i64.const 64))) (i64.const 31))
      (i64.shl (local.get 0) (i64.const 65))) (i64.const 31))
      (i64.shl (local.get 0) (i64.const -1))))
  (func (export "i64.shr_s") (param i64 i64) (result i64) (i64.shr_s (local.get 0) (local.get 1)))
  (func (export "i64.shr_s_self") (param i64) (result i64) (i64.shr_s (local.get 0) (local.get 0)))
  (func (export "i64.shr_s_onto") (param i64 i64) (result i64) (local.set 1 (i64.shr_s (local.get 0) (local.get 1))) (local.get 1))
  (func (export "i64.shr_s_constants") (param i64) (result i64)
    (i64.add (i64.mul (i64.add (i64.mul (i64.add (i64.mul (i64.add (i64.mul (i64.add (i64.mul (i64.add (i64.mul (i64.const 0) (i64.const 31))
      (i64.shr_s (local.get 0) (i64.const 0))) (i64.const 31))
      (i64.shr_s (local.get 0) (i64.const 1))) (i64.const 31))
      (i64.shr_s (local.get 0) (i64.const 63))) (i64.const 31))
      (i64.shr_s (local.get 0) (i64.const 64))) (i64.const 31))
      (i64.shr_s (local.get 0) (i64.const 65))) (i64.const 31))
      (i64.shr_s (local.get 0) (i64.const -1))))
  (func (export "i64.shr_u") (param i64 i64) (result i64) (i64.shr_u (local.get 0) (local.get 1)))
  (func (export "i64.shr_u_self") (param i64) (result i64) (i64.shr_u (local.get 0) (local.get 0)))
  (func (export "i64.shr_u_onto") (param i64 i64) (result i64) (local.set 1 (i64.shr_u (local.get 0) (local.get 1))) (local.get 1))
  (func (export "i64.shr_u_constants") (param i64) (result i64)
    (i64.add (i64.mul (i64.add (i64.mul (i64.add (i64.mul (i64.add (i64.mul (i64.add (i64.mul (i64.add (i64.mul (i64.const 0) (i64.const 31))
      (i64.shr_u (local.get 0) (i64.const 0))) (i64.const 31))
      (i64.shr_u (local.get 0) (i64.const 1))) (i64.const 31))
      (i64.shr_u (local.get 0) (i64.const 63))) (i64.const 31))
      (i64.shr_u (local.get 0) (i64.const 64))) (i64.const 31))
      (i64.shr_u (local.get 0) (i64.const 65))) (i64.const 31))
      (i64.shr_u (local.get 0) (i64.const -1))))
  (func (export "i64.rotl") (param i64 i64) (result i64) (i64.rotl (local.get 0) (local.get 1)))
  (func (export "i64.rotl_self") (param i64) (result i64) (i64.rotl (local.get 0) (local.get 0)))
  (func (export "i64.rotl_onto") (param i64 i64) (result i64) (local.set 1 (i64.rotl (local.get 0) (local.get 1))) (local.get 1))
  (func (export "i64.rotl_constants") (param i64) (result i64)
    (i64.add (i64.mul (i64.add (i64.mul (i64.add (i64.mul (i64.add (i64.mul (i64.add (i64.mul (i64.add (i64.mul (i64.const 0) (i64.const 31))
      (i64.rotl (local.get 0) (i64.const 0))) (i64.const 31))
      (i64.rotl (local.get 0) (i64.const 1))) (i64.const 31))
      (i64.rotl (local.get 0) (i64.const 63))) (i64.const 31))
      (i64.rotl (local.get 0) (i64.const 64))) (i64.const 31))
      (i64.rotl (local.get 0) (i64.const 65))) (i64.const 31))
      (i64.rotl (local.get 0) (i64.const -1))))
  (func (export "i64.rotr") (param i64 i64) (result i64) (i64.rotr (local.get 0) (local.get 1)))
  (func (export "i64.rotr_self") (param i64) (result i64) (i64.rotr (local.get 0) (local.get 0)))
  (func (export "i64.rotr_onto") (param i64 i64) (result i64) (local.set 1 (i64.rotr (local.get 0) (local.get 1))) (local.get 1))
  (func (export "i64.rotr_constants") (param i64) (result i64)
    (i64.add (i64.mul (i64.add (i64.mul (i64.add (i64.mul (i64.add (i64.mul (i64.add (i64.mul (i64.add (i64.mul (i64.const 0) (i64.const 31))
      (i64.rotr (local.get 0) (i64.const 0))) (i64.const 31))
      (i64.rotr (local.get 0) (i64.const 1))) (i64.const 31))
      (i64.rotr (local.get 0) (i64.const 63))) (i64.const 31))
      (i64.rotr (local.get 0) (i64.const 64))) (i64.const 31))
      (i64.rotr (local.get 0) (i64.const 65))) (i64.const 31))
      (i64.rotr (local.get 0) (i64.const -1)))))
;; expect lockstep-1: i32.shl(2309737967, 0) => [i32:2309737967], gas 13
;; expect lockstep-1: i32.shl(2309737967, 32) => [i32:2309737967], gas 13
;; expect lockstep-1: i32.shl(2309737967, 33) => [i32:324508638], gas 13
;; expect lockstep-1: i32.shl(2309737967, 4294967295) => [i32:2147483648], gas 13
;; expect lockstep-1: i32.shl_self(2309737967) => [i32:3874979840], gas 13
;; expect lockstep-1: i32.shl_onto(2309737967, 4) => [i32:2596069104], gas 15
;; expect lockstep-1: i32.shl_constants(2309737967) => [i32:2086206048], gas 64
;; expect lockstep-1: i32.shr_s(2309737967, 0) => [i32:2309737967], gas 13
;; expect lockstep-1: i32.shr_s(2309737967, 32) => [i32:2309737967], gas 13
;; expect lockstep-1: i32.shr_s(2309737967, 33) => [i32:3302352631], gas 13
;; expect lockstep-1: i32.shr_s(2309737967, 4294967295) => [i32:4294967295], gas 13
;; expect lockstep-1: i32.shr_s_self(2309737967) => [i32:4294906711], gas 13
;; expect lockstep-1: i32.shr_s_onto(2309737967, 4) => [i32:4170890462], gas 15
;; expect lockstep-1: i32.shr_s_constants(2309737967) => [i32:3747919008], gas 64
;; expect lockstep-1: i32.shr_u(2309737967, 0) => [i32:2309737967], gas 13
;; expect lockstep-1: i32.shr_u(2309737967, 32) => [i32:2309737967], gas 13
;; expect lockstep-1: i32.shr_u(2309737967, 33) => [i32:1154868983], gas 13
;; expect lockstep-1: i32.shr_u(2309737967, 4294967295) => [i32:1], gas 13
;; expect lockstep-1: i32.shr_u_self(2309737967) => [i32:70487], gas 13
;; expect lockstep-1: i32.shr_u_onto(2309737967, 4) => [i32:144358622], gas 15
;; expect lockstep-1: i32.shr_u_constants(2309737967) => [i32:3747978592], gas 64
;; expect lockstep-1: i32.rotl(2309737967, 0) => [i32:2309737967], gas 13
;; expect lockstep-1: i32.rotl(2309737967, 32) => [i32:2309737967], gas 13
;; expect lockstep-1: i32.rotl(2309737967, 33) => [i32:324508639], gas 13
;; expect lockstep-1: i32.rotl(2309737967, 4294967295) => [i32:3302352631], gas 13
;; expect lockstep-1: i32.rotl_self(2309737967) => [i32:3874997461], gas 13
;; expect lockstep-1: i32.rotl_onto(2309737967, 4) => [i32:2596069112], gas 15
;; expect lockstep-1: i32.rotl_constants(2309737967) => [i32:960862880], gas 64
;; expect lockstep-1: i32.rotr(2309737967, 0) => [i32:2309737967], gas 13
;; expect lockstep-1: i32.rotr(2309737967, 32) => [i32:2309737967], gas 13
;; expect lockstep-1: i32.rotr(2309737967, 33) => [i32:3302352631], gas 13
;; expect lockstep-1: i32.rotr(2309737967, 4294967295) => [i32:324508639], gas 13
;; expect lockstep-1: i32.rotr_self(2309737967) => [i32:2615087959], gas 13
;; expect lockstep-1: i32.rotr_onto(2309737967, 4) => [i32:4170890462], gas 15
;; expect lockstep-1: i32.rotr_constants(2309737967) => [i32:3537938592], gas 64
;; expect lockstep-1: i64.shl(9920249030613615975, 0) => [i64:9920249030613615975], gas 13
;; expect lockstep-1: i64.shl(9920249030613615975, 64) => [i64:9920249030613615975], gas 13
;; expect lockstep-1: i64.shl(9920249030613615975, 65) => [i64:1393753987517680334], gas 13
;; expect lockstep-1: i64.shl(9920249030613615975, 18446744073709551615) => [i64:9223372036854775808], gas 13
;; expect lockstep-1: i64.shl_self(9920249030613615975) => [i64:10494147444063862784], gas 13
;; expect lockstep-1: i64.shl_onto(9920249030613615975, 4) => [i64:11150031900141442672], gas 15
;; expect lockstep-1: i64.shl_constants(9920249030613615975) => [i64:8960768520620985696], gas 64
;; expect lockstep-1: i64.shr_s(9920249030613615975, 0) => [i64:9920249030613615975], gas 13
;; expect lockstep-1: i64.shr_s(9920249030613615975, 64) => [i64:9920249030613615975], gas 13
;; expect lockstep-1: i64.shr_s(9920249030613615975, 65) => [i64:14183496552161583795], gas 13
;; expect lockstep-1: i64.shr_s(9920249030613615975, 18446744073709551615) => [i64:18446744073709551615], gas 13
;; expect lockstep-1: i64.shr_s_self(9920249030613615975) => [i64:18446744073694042011], gas 13
;; expect lockstep-1: i64.shr_s_onto(9920249030613615975, 4) => [i64:17913838133516055638], gas 15
;; expect lockstep-1: i64.shr_s_constants(9920249030613615975) => [i64:16099856163473447712], gas 64
;; expect lockstep-1: i64.shr_u(9920249030613615975, 0) => [i64:9920249030613615975], gas 13
;; expect lockstep-1: i64.shr_u(9920249030613615975, 64) => [i64:9920249030613615975], gas 13
;; expect lockstep-1: i64.shr_u(9920249030613615975, 65) => [i64:4960124515306807987], gas 13
;; expect lockstep-1: i64.shr_u(9920249030613615975, 18446744073709551615) => [i64:1], gas 13
;; expect lockstep-1: i64.shr_u_self(9920249030613615975) => [i64:18044827], gas 13
;; expect lockstep-1: i64.shr_u_onto(9920249030613615975, 4) => [i64:620015564413350998], gas 15
;; expect lockstep-1: i64.shr_u_constants(9920249030613615975) => [i64:16099856163473507296], gas 64
;; expect lockstep-1: i64.rotl(9920249030613615975, 0) => [i64:9920249030613615975], gas 13
;; expect lockstep-1: i64.rotl(9920249030613615975, 64) => [i64:9920249030613615975], gas 13
;; expect lockstep-1: i64.rotl(9920249030613615975, 65) => [i64:1393753987517680335], gas 13
;; expect lockstep-1: i64.rotl(9920249030613615975, 18446744073709551615) => [i64:14183496552161583795], gas 13
;; expect lockstep-1: i64.rotl_self(9920249030613615975) => [i64:10494147739710322560], gas 13
;; expect lockstep-1: i64.rotl_onto(9920249030613615975, 4) => [i64:11150031900141442680], gas 15
;; expect lockstep-1: i64.rotl_constants(9920249030613615975) => [i64:4123554053827462176], gas 64
;; expect lockstep-1: i64.rotr(9920249030613615975, 0) => [i64:9920249030613615975], gas 13
;; expect lockstep-1: i64.rotr(9920249030613615975, 64) => [i64:9920249030613615975], gas 13
;; expect lockstep-1: i64.rotr(9920249030613615975, 65) => [i64:14183496552161583795], gas 13
;; expect lockstep-1: i64.rotr(9920249030613615975, 18446744073709551615) => [i64:1393753987517680335], gas 13
;; expect lockstep-1: i64.rotr_self(9920249030613615975) => [i64:15997426388367005595], gas 13
;; expect lockstep-1: i64.rotr_onto(9920249030613615975, 4) => [i64:8690466096661279830], gas 15
;; expect lockstep-1: i64.rotr_constants(9920249030613615975) => [i64:15197742370005330208], gas 64
