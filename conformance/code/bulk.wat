;; Bulk and table operators: their lengths are paid under lockstep-1 before their bounds are looked at.
(module
  (memory 1)
  (table $t 4 8 externref)
  (table $f 4 funcref)
  (elem $e func 0)
  (data $d "lockstep")
  (func (export "memory") (param i32)
    i32.const 0
    i32.const 255
    local.get 0
    memory.fill
    i32.const 16
    i32.const 0
    local.get 0
    memory.copy
    i32.const 32
    i32.const 0
    local.get 0
    memory.init $d
    data.drop $d)
  (func (export "table") (param i32 externref) (result i32)
    i32.const 0
    i32.const 0
    local.get 0
    table.init $f $e
    elem.drop $e
    i32.const 0
    local.get 1
    local.get 0
    table.fill $t
    i32.const 1
    i32.const 0
    local.get 0
    table.copy $t $t
    local.get 1
    local.get 0
    table.grow $t
    table.size $t
    i32.add
    local.get 0
    local.get 1
    table.set $t
    local.get 0
    table.get $t
    ref.is_null
    i32.sub))
;; == lockstep-1
;; function 0: params 1, locals 0, results 0, window 4, cost 8
;;   0: charge 31 checked
;;   1: copy s3, s0
;;   2: const_u32 s2, 255
;;   3: const_u32 s1, 0
;;   4: charge_units s3 * 1
;;   6: memory.fill s0, base s1, 0, 0
;;   8: charge 23 checked
;;   9: copy s3, s0
;;   10: const_u32 s2, 0
;;   11: const_u32 s1, 16
;;   12: charge_units s3 * 1
;;   14: memory.copy s0, base s1, 0, 0
;;   16: charge 23 checked
;;   17: copy s3, s0
;;   18: const_u32 s2, 0
;;   19: const_u32 s1, 32
;;   20: charge_units s3 * 1
;;   22: memory.init s0, base s1, 0, 0
;;   24: charge 5 checked
;;   25: data.drop s0, 0
;;   26: return
;; function 1: params 2, locals 0, results 1, window 5, cost 9
;;   0: charge 21 checked
;;   1: copy s4, s0
;;   2: const_u32 s3, 0
;;   3: const_u32 s2, 0
;;   4: charge_units s4 * 8
;;   6: table.init s0, base s2, 0, 1
;;   8: charge 17 checked
;;   9: elem.drop s0, 0
;;   10: copy s4, s0
;;   11: copy s3, s1
;;   12: const_u32 s2, 0
;;   13: charge_units s4 * 8
;;   15: table.fill s0, base s2, 0, 0
;;   17: charge 13 checked
;;   18: copy s4, s0
;;   19: const_u32 s3, 0
;;   20: const_u32 s2, 1
;;   21: charge_units s4 * 8
;;   23: table.copy s0, base s2, 0, 0
;;   25: charge 12 checked
;;   26: copy s3, s0
;;   27: copy s2, s1
;;   28: charge_units s3 * 8
;;   30: table.grow s2, base s2, 0, 0
;;   32: charge 24 checked
;;   33: table.size s3, 0
;;   34: i32.add s2, s2, s3
;;   35: table.set s0, s1, table 0
;;   37: table.get s3, s0, table 0
;;   39: ref.is_null s3, s3
;;   40: i32.sub s2, s2, s3
;;   41: return s2
;; == cosmwasm-3.0.8
;; function 0: params 1, locals 0, results 0, window 4, cost 8
;;   0: copy s3, s0
;;   1: const_u32 s2, 255
;;   2: const_u32 s1, 0
;;   3: charge 0 checked
;;   4: memory.fill s0, base s1, 0, 0
;;   6: copy s3, s0
;;   7: const_u32 s2, 0
;;   8: const_u32 s1, 16
;;   9: charge 0 checked
;;   10: memory.copy s0, base s1, 0, 0
;;   12: copy s3, s0
;;   13: const_u32 s2, 0
;;   14: const_u32 s1, 32
;;   15: charge 0 checked
;;   16: memory.init s0, base s1, 0, 0
;;   18: data.drop s0, 0
;;   19: charge 3105 checked
;;   20: return
;; function 1: params 2, locals 0, results 1, window 5, cost 9
;;   0: copy s4, s0
;;   1: const_u32 s3, 0
;;   2: const_u32 s2, 0
;;   3: charge 0 checked
;;   4: table.init s0, base s2, 0, 1
;;   6: elem.drop s0, 0
;;   7: copy s4, s0
;;   8: copy s3, s1
;;   9: const_u32 s2, 0
;;   10: charge 0 checked
;;   11: table.fill s0, base s2, 0, 0
;;   13: copy s4, s0
;;   14: const_u32 s3, 0
;;   15: const_u32 s2, 1
;;   16: charge 0 checked
;;   17: table.copy s0, base s2, 0, 0
;;   19: copy s3, s0
;;   20: copy s2, s1
;;   21: charge 0 checked
;;   22: table.grow s2, base s2, 0, 0
;;   24: table.size s3, 0
;;   25: i32.add s2, s2, s3
;;   26: table.set s0, s1, table 0
;;   28: table.get s3, s0, table 0
;;   30: ref.is_null s3, s3
;;   31: i32.sub s2, s2, s3
;;   32: charge 4485 checked
;;   33: return s2
