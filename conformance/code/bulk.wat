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
;; == x64
;; function 0
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 8
;;                                              | 000f  jb trap stack_overflow
;;                                              | 0015  mov rbx, rax
;; 0: charge 31 checked                         | 0018  sub r13, 0x1f  ; gas
;;                                              | 001c  jns 0023
;;                                              | 001e  call refill
;; 1: copy s3, s0                               | 0023  mov rax, rbx
;; 2: const_u32 s2, 255                         | 0026  mov edx, 0xff
;; 3: const_u32 s1, 0                           | 002b  xor esi, esi
;; 4: charge_units s3 * 1                       | 002d  mov qword ptr [rbp - 0x68], rax
;;                                              | 0031  mov qword ptr [rbp - 0x70], rdx
;;                                              | 0035  mov qword ptr [rbp - 0x80], rbx
;;                                              | 0039  mov qword ptr [rbp - 0x78], rsi
;;                                              | 003d  mov ecx, 4
;;                                              | 0042  call slow
;; 6: memory.fill s0, base s1, 0, 0             | 0047  mov ecx, 6
;;                                              | 004c  call slow
;; 8: charge 23 checked                         | 0051  sub r13, 0x17  ; gas
;;                                              | 0055  jns 005c
;;                                              | 0057  call refill
;; 9: copy s3, s0                               | 005c  mov rax, rbx
;; 10: const_u32 s2, 0                          | 005f  xor edx, edx
;; 11: const_u32 s1, 16                         | 0061  mov esi, 0x10
;; 12: charge_units s3 * 1                      | 0066  mov qword ptr [rbp - 0x68], rax
;;                                              | 006a  mov qword ptr [rbp - 0x70], rdx
;;                                              | 006e  mov qword ptr [rbp - 0x78], rsi
;;                                              | 0072  mov ecx, 0xc
;;                                              | 0077  call slow
;; 14: memory.copy s0, base s1, 0, 0            | 007c  mov ecx, 0xe
;;                                              | 0081  call slow
;; 16: charge 23 checked                        | 0086  sub r13, 0x17  ; gas
;;                                              | 008a  jns 0091
;;                                              | 008c  call refill
;; 17: copy s3, s0                              | 0091  mov rax, rbx
;; 18: const_u32 s2, 0                          | 0094  xor edx, edx
;; 19: const_u32 s1, 32                         | 0096  mov esi, 0x20
;; 20: charge_units s3 * 1                      | 009b  mov qword ptr [rbp - 0x68], rax
;;                                              | 009f  mov qword ptr [rbp - 0x70], rdx
;;                                              | 00a3  mov qword ptr [rbp - 0x78], rsi
;;                                              | 00a7  mov ecx, 0x14
;;                                              | 00ac  call slow
;; 22: memory.init s0, base s1, 0, 0            | 00b1  mov ecx, 0x16
;;                                              | 00b6  call slow
;; 24: charge 5 checked                         | 00bb  sub r13, 5  ; gas
;;                                              | 00bf  jns 00c6
;;                                              | 00c1  call refill
;; 25: data.drop s0, 0                          | 00c6  mov ecx, 0x19
;;                                              | 00cb  call slow
;; 26: return                                   | 00d0  add dword ptr [r15 + 8], 8
;;                                              | 00d5  ret
;; function 1
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 9
;;                                              | 000f  jb trap stack_overflow
;;                                              | 0015  mov rbx, rax
;;                                              | 0018  mov r12, rdx
;; 0: charge 21 checked                         | 001b  sub r13, 0x15  ; gas
;;                                              | 001f  jns 0026
;;                                              | 0021  call refill
;; 1: copy s4, s0                               | 0026  mov rax, rbx
;; 2: const_u32 s3, 0                           | 0029  xor r10d, r10d
;; 3: const_u32 s2, 0                           | 002c  xor r11d, r11d
;; 4: charge_units s4 * 8                       | 002f  mov qword ptr [rbp - 0x60], rax
;;                                              | 0033  mov qword ptr [rbp - 0x80], rbx
;;                                              | 0037  mov qword ptr [rbp - 0x68], r10
;;                                              | 003b  mov qword ptr [rbp - 0x70], r11
;;                                              | 003f  mov qword ptr [rbp - 0x78], r12
;;                                              | 0043  mov ecx, 0x1f
;;                                              | 0048  call slow
;; 6: table.init s0, base s2, 0, 1              | 004d  mov ecx, 0x21
;;                                              | 0052  call slow
;; 8: charge 17 checked                         | 0057  sub r13, 0x11  ; gas
;;                                              | 005b  jns 0062
;;                                              | 005d  call refill
;; 9: elem.drop s0, 0                           | 0062  mov ecx, 0x24
;;                                              | 0067  call slow
;; 10: copy s4, s0                              | 006c  mov rax, rbx
;; 11: copy s3, s1                              | 006f  mov r10, r12
;; 12: const_u32 s2, 0                          | 0072  xor r11d, r11d
;; 13: charge_units s4 * 8                      | 0075  mov qword ptr [rbp - 0x60], rax
;;                                              | 0079  mov qword ptr [rbp - 0x68], r10
;;                                              | 007d  mov qword ptr [rbp - 0x70], r11
;;                                              | 0081  mov ecx, 0x28
;;                                              | 0086  call slow
;; 15: table.fill s0, base s2, 0, 0             | 008b  mov ecx, 0x2a
;;                                              | 0090  call slow
;; 17: charge 13 checked                        | 0095  sub r13, 0xd  ; gas
;;                                              | 0099  jns 00a0
;;                                              | 009b  call refill
;; 18: copy s4, s0                              | 00a0  mov rax, rbx
;; 19: const_u32 s3, 0                          | 00a3  xor r10d, r10d
;; 20: const_u32 s2, 1                          | 00a6  mov r11d, 1
;; 21: charge_units s4 * 8                      | 00ac  mov qword ptr [rbp - 0x60], rax
;;                                              | 00b0  mov qword ptr [rbp - 0x68], r10
;;                                              | 00b4  mov qword ptr [rbp - 0x70], r11
;;                                              | 00b8  mov ecx, 0x30
;;                                              | 00bd  call slow
;; 23: table.copy s0, base s2, 0, 0             | 00c2  mov ecx, 0x32
;;                                              | 00c7  call slow
;; 25: charge 12 checked                        | 00cc  sub r13, 0xc  ; gas
;;                                              | 00d0  jns 00d7
;;                                              | 00d2  call refill
;; 26: copy s3, s0                              | 00d7  mov r10, rbx
;; 27: copy s2, s1                              | 00da  mov r11, r12
;; 28: charge_units s3 * 8                      | 00dd  mov qword ptr [rbp - 0x68], r10
;;                                              | 00e1  mov qword ptr [rbp - 0x70], r11
;;                                              | 00e5  mov ecx, 0x37
;;                                              | 00ea  call slow
;; 30: table.grow s2, base s2, 0, 0             | 00ef  mov ecx, 0x39
;;                                              | 00f4  call slow
;; 32: charge 24 checked                        | 00f9  sub r13, 0x18  ; gas
;;                                              | 00fd  jns 0104
;;                                              | 00ff  call refill
;; 33: table.size s3, 0                         | 0104  mov ecx, 0x3c
;;                                              | 0109  call slow
;; 34: i32.add s2, s2, s3                       | 010e  mov r11, qword ptr [rbp - 0x70]
;;                                              | 0112  mov r10, qword ptr [rbp - 0x68]
;;                                              | 0116  add r11d, r10d
;; 35: table.set s0, s1, table 0                | 0119  mov qword ptr [rbp - 0x70], r11
;;                                              | 011d  mov ecx, 0x3e
;;                                              | 0122  call slow
;; 37: table.get s3, s0, table 0                | 0127  mov ecx, 0x40
;;                                              | 012c  call slow
;; 39: ref.is_null s3, s3                       | 0131  mov r10, qword ptr [rbp - 0x68]
;;                                              | 0135  test r10, r10
;;                                              | 0138  sete r10b
;;                                              | 013c  movzx r10d, r10b
;; 40: i32.sub s2, s2, s3                       | 0140  sub r11d, r10d
;; 41: return s2                                | 0143  mov rax, r11
;;                                              | 0146  add dword ptr [r15 + 8], 9
;;                                              | 014b  ret
;; == x64 explicit
;; function 0
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 8
;;                                              | 000f  jb trap stack_overflow
;;                                              | 0015  mov r12, rax
;; 0: charge 31 checked                         | 0018  sub r13, 0x1f  ; gas
;;                                              | 001c  jns 0023
;;                                              | 001e  call refill
;; 1: copy s3, s0                               | 0023  mov rax, r12
;; 2: const_u32 s2, 255                         | 0026  mov edx, 0xff
;; 3: const_u32 s1, 0                           | 002b  xor esi, esi
;; 4: charge_units s3 * 1                       | 002d  mov qword ptr [rbp - 0x68], rax
;;                                              | 0031  mov qword ptr [rbp - 0x70], rdx
;;                                              | 0035  mov qword ptr [rbp - 0x78], rsi
;;                                              | 0039  mov qword ptr [rbp - 0x80], r12
;;                                              | 003d  mov ecx, 4
;;                                              | 0042  call slow
;; 6: memory.fill s0, base s1, 0, 0             | 0047  mov ecx, 6
;;                                              | 004c  call slow
;; 8: charge 23 checked                         | 0051  sub r13, 0x17  ; gas
;;                                              | 0055  jns 005c
;;                                              | 0057  call refill
;; 9: copy s3, s0                               | 005c  mov rax, r12
;; 10: const_u32 s2, 0                          | 005f  xor edx, edx
;; 11: const_u32 s1, 16                         | 0061  mov esi, 0x10
;; 12: charge_units s3 * 1                      | 0066  mov qword ptr [rbp - 0x68], rax
;;                                              | 006a  mov qword ptr [rbp - 0x70], rdx
;;                                              | 006e  mov qword ptr [rbp - 0x78], rsi
;;                                              | 0072  mov ecx, 0xc
;;                                              | 0077  call slow
;; 14: memory.copy s0, base s1, 0, 0            | 007c  mov ecx, 0xe
;;                                              | 0081  call slow
;; 16: charge 23 checked                        | 0086  sub r13, 0x17  ; gas
;;                                              | 008a  jns 0091
;;                                              | 008c  call refill
;; 17: copy s3, s0                              | 0091  mov rax, r12
;; 18: const_u32 s2, 0                          | 0094  xor edx, edx
;; 19: const_u32 s1, 32                         | 0096  mov esi, 0x20
;; 20: charge_units s3 * 1                      | 009b  mov qword ptr [rbp - 0x68], rax
;;                                              | 009f  mov qword ptr [rbp - 0x70], rdx
;;                                              | 00a3  mov qword ptr [rbp - 0x78], rsi
;;                                              | 00a7  mov ecx, 0x14
;;                                              | 00ac  call slow
;; 22: memory.init s0, base s1, 0, 0            | 00b1  mov ecx, 0x16
;;                                              | 00b6  call slow
;; 24: charge 5 checked                         | 00bb  sub r13, 5  ; gas
;;                                              | 00bf  jns 00c6
;;                                              | 00c1  call refill
;; 25: data.drop s0, 0                          | 00c6  mov ecx, 0x19
;;                                              | 00cb  call slow
;; 26: return                                   | 00d0  add dword ptr [r15 + 8], 8
;;                                              | 00d5  ret
;; function 1
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 9
;;                                              | 000f  jb trap stack_overflow
;;                                              | 0015  mov r12, rax
;;                                              | 0018  mov r11, rdx
;; 0: charge 21 checked                         | 001b  sub r13, 0x15  ; gas
;;                                              | 001f  jns 0026
;;                                              | 0021  call refill
;; 1: copy s4, s0                               | 0026  mov rax, r12
;; 2: const_u32 s3, 0                           | 0029  xor r9d, r9d
;; 3: const_u32 s2, 0                           | 002c  xor r10d, r10d
;; 4: charge_units s4 * 8                       | 002f  mov qword ptr [rbp - 0x60], rax
;;                                              | 0033  mov qword ptr [rbp - 0x68], r9
;;                                              | 0037  mov qword ptr [rbp - 0x70], r10
;;                                              | 003b  mov qword ptr [rbp - 0x78], r11
;;                                              | 003f  mov qword ptr [rbp - 0x80], r12
;;                                              | 0043  mov ecx, 0x1f
;;                                              | 0048  call slow
;; 6: table.init s0, base s2, 0, 1              | 004d  mov ecx, 0x21
;;                                              | 0052  call slow
;; 8: charge 17 checked                         | 0057  sub r13, 0x11  ; gas
;;                                              | 005b  jns 0062
;;                                              | 005d  call refill
;; 9: elem.drop s0, 0                           | 0062  mov ecx, 0x24
;;                                              | 0067  call slow
;; 10: copy s4, s0                              | 006c  mov rax, r12
;; 11: copy s3, s1                              | 006f  mov r9, r11
;; 12: const_u32 s2, 0                          | 0072  xor r10d, r10d
;; 13: charge_units s4 * 8                      | 0075  mov qword ptr [rbp - 0x60], rax
;;                                              | 0079  mov qword ptr [rbp - 0x68], r9
;;                                              | 007d  mov qword ptr [rbp - 0x70], r10
;;                                              | 0081  mov ecx, 0x28
;;                                              | 0086  call slow
;; 15: table.fill s0, base s2, 0, 0             | 008b  mov ecx, 0x2a
;;                                              | 0090  call slow
;; 17: charge 13 checked                        | 0095  sub r13, 0xd  ; gas
;;                                              | 0099  jns 00a0
;;                                              | 009b  call refill
;; 18: copy s4, s0                              | 00a0  mov rax, r12
;; 19: const_u32 s3, 0                          | 00a3  xor r9d, r9d
;; 20: const_u32 s2, 1                          | 00a6  mov r10d, 1
;; 21: charge_units s4 * 8                      | 00ac  mov qword ptr [rbp - 0x60], rax
;;                                              | 00b0  mov qword ptr [rbp - 0x68], r9
;;                                              | 00b4  mov qword ptr [rbp - 0x70], r10
;;                                              | 00b8  mov ecx, 0x30
;;                                              | 00bd  call slow
;; 23: table.copy s0, base s2, 0, 0             | 00c2  mov ecx, 0x32
;;                                              | 00c7  call slow
;; 25: charge 12 checked                        | 00cc  sub r13, 0xc  ; gas
;;                                              | 00d0  jns 00d7
;;                                              | 00d2  call refill
;; 26: copy s3, s0                              | 00d7  mov r9, r12
;; 27: copy s2, s1                              | 00da  mov r10, r11
;; 28: charge_units s3 * 8                      | 00dd  mov qword ptr [rbp - 0x68], r9
;;                                              | 00e1  mov qword ptr [rbp - 0x70], r10
;;                                              | 00e5  mov ecx, 0x37
;;                                              | 00ea  call slow
;; 30: table.grow s2, base s2, 0, 0             | 00ef  mov ecx, 0x39
;;                                              | 00f4  call slow
;; 32: charge 24 checked                        | 00f9  sub r13, 0x18  ; gas
;;                                              | 00fd  jns 0104
;;                                              | 00ff  call refill
;; 33: table.size s3, 0                         | 0104  mov ecx, 0x3c
;;                                              | 0109  call slow
;; 34: i32.add s2, s2, s3                       | 010e  mov r10, qword ptr [rbp - 0x70]
;;                                              | 0112  mov r9, qword ptr [rbp - 0x68]
;;                                              | 0116  add r10d, r9d
;; 35: table.set s0, s1, table 0                | 0119  mov qword ptr [rbp - 0x70], r10
;;                                              | 011d  mov ecx, 0x3e
;;                                              | 0122  call slow
;; 37: table.get s3, s0, table 0                | 0127  mov ecx, 0x40
;;                                              | 012c  call slow
;; 39: ref.is_null s3, s3                       | 0131  mov r9, qword ptr [rbp - 0x68]
;;                                              | 0135  test r9, r9
;;                                              | 0138  sete r9b
;;                                              | 013c  movzx r9d, r9b
;; 40: i32.sub s2, s2, s3                       | 0140  sub r10d, r9d
;; 41: return s2                                | 0143  mov rax, r10
;;                                              | 0146  add dword ptr [r15 + 8], 9
;;                                              | 014b  ret
;; == a64
;; function 0
;; (entry)                                      | 0000  str x30, [x23, #-8]!
;;                                              | 0004  ldr x16, [x19, #0x10]
;;                                              | 0008  cmp x23, x16
;;                                              | 000c  b.lo trap stack_overflow
;;                                              | 0010  ldr w16, [x19, #8]
;;                                              | 0014  subs w16, w16, #8
;;                                              | 0018  str w16, [x19, #8]
;;                                              | 001c  b.lo trap stack_overflow
;;                                              | 0020  mov x15, x0
;; 0: charge 31 checked                         | 0024  subs x21, x21, #0x1f  ; gas
;;                                              | 0028  b.pl 0030
;;                                              | 002c  bl refill
;; 1: copy s3, s0                               | 0030  mov x0, x15
;; 2: const_u32 s2, 255                         | 0034  movz w1, #0xff
;; 3: const_u32 s1, 0                           | 0038  movz w2, #0
;; 4: charge_units s3 * 1                       | 003c  str x0, [x22, #0x18]
;;                                              | 0040  str x1, [x22, #0x10]
;;                                              | 0044  str x2, [x22, #8]
;;                                              | 0048  str x15, [x22]
;;                                              | 004c  movz w16, #0x4
;;                                              | 0050  bl slow
;; 6: memory.fill s0, base s1, 0, 0             | 0054  movz w16, #0x6
;;                                              | 0058  bl slow
;; 8: charge 23 checked                         | 005c  subs x21, x21, #0x17  ; gas
;;                                              | 0060  b.pl 0068
;;                                              | 0064  bl refill
;; 9: copy s3, s0                               | 0068  mov x0, x15
;; 10: const_u32 s2, 0                          | 006c  movz w1, #0
;; 11: const_u32 s1, 16                         | 0070  movz w2, #0x10
;; 12: charge_units s3 * 1                      | 0074  str x0, [x22, #0x18]
;;                                              | 0078  str x1, [x22, #0x10]
;;                                              | 007c  str x2, [x22, #8]
;;                                              | 0080  movz w16, #0xc
;;                                              | 0084  bl slow
;; 14: memory.copy s0, base s1, 0, 0            | 0088  movz w16, #0xe
;;                                              | 008c  bl slow
;; 16: charge 23 checked                        | 0090  subs x21, x21, #0x17  ; gas
;;                                              | 0094  b.pl 009c
;;                                              | 0098  bl refill
;; 17: copy s3, s0                              | 009c  mov x0, x15
;; 18: const_u32 s2, 0                          | 00a0  movz w1, #0
;; 19: const_u32 s1, 32                         | 00a4  movz w2, #0x20
;; 20: charge_units s3 * 1                      | 00a8  str x0, [x22, #0x18]
;;                                              | 00ac  str x1, [x22, #0x10]
;;                                              | 00b0  str x2, [x22, #8]
;;                                              | 00b4  movz w16, #0x14
;;                                              | 00b8  bl slow
;; 22: memory.init s0, base s1, 0, 0            | 00bc  movz w16, #0x16
;;                                              | 00c0  bl slow
;; 24: charge 5 checked                         | 00c4  subs x21, x21, #5  ; gas
;;                                              | 00c8  b.pl 00d0
;;                                              | 00cc  bl refill
;; 25: data.drop s0, 0                          | 00d0  movz w16, #0x19
;;                                              | 00d4  bl slow
;; 26: return                                   | 00d8  ldr w17, [x19, #8]
;;                                              | 00dc  add w17, w17, #8
;;                                              | 00e0  str w17, [x19, #8]
;;                                              | 00e4  ldr x30, [x23], #8
;;                                              | 00e8  ret
;; function 1
;; (entry)                                      | 0000  str x30, [x23, #-8]!
;;                                              | 0004  ldr x16, [x19, #0x10]
;;                                              | 0008  cmp x23, x16
;;                                              | 000c  b.lo trap stack_overflow
;;                                              | 0010  ldr w16, [x19, #8]
;;                                              | 0014  subs w16, w16, #9
;;                                              | 0018  str w16, [x19, #8]
;;                                              | 001c  b.lo trap stack_overflow
;;                                              | 0020  mov x15, x0
;;                                              | 0024  mov x14, x1
;; 0: charge 21 checked                         | 0028  subs x21, x21, #0x15  ; gas
;;                                              | 002c  b.pl 0034
;;                                              | 0030  bl refill
;; 1: copy s4, s0                               | 0034  mov x0, x15
;; 2: const_u32 s3, 0                           | 0038  movz w12, #0
;; 3: const_u32 s2, 0                           | 003c  movz w13, #0
;; 4: charge_units s4 * 8                       | 0040  str x0, [x22, #0x20]
;;                                              | 0044  str x12, [x22, #0x18]
;;                                              | 0048  str x13, [x22, #0x10]
;;                                              | 004c  str x14, [x22, #8]
;;                                              | 0050  str x15, [x22]
;;                                              | 0054  movz w16, #0x1f
;;                                              | 0058  bl slow
;; 6: table.init s0, base s2, 0, 1              | 005c  movz w16, #0x21
;;                                              | 0060  bl slow
;; 8: charge 17 checked                         | 0064  subs x21, x21, #0x11  ; gas
;;                                              | 0068  b.pl 0070
;;                                              | 006c  bl refill
;; 9: elem.drop s0, 0                           | 0070  movz w16, #0x24
;;                                              | 0074  bl slow
;; 10: copy s4, s0                              | 0078  mov x0, x15
;; 11: copy s3, s1                              | 007c  mov x12, x14
;; 12: const_u32 s2, 0                          | 0080  movz w13, #0
;; 13: charge_units s4 * 8                      | 0084  str x0, [x22, #0x20]
;;                                              | 0088  str x12, [x22, #0x18]
;;                                              | 008c  str x13, [x22, #0x10]
;;                                              | 0090  movz w16, #0x28
;;                                              | 0094  bl slow
;; 15: table.fill s0, base s2, 0, 0             | 0098  movz w16, #0x2a
;;                                              | 009c  bl slow
;; 17: charge 13 checked                        | 00a0  subs x21, x21, #0xd  ; gas
;;                                              | 00a4  b.pl 00ac
;;                                              | 00a8  bl refill
;; 18: copy s4, s0                              | 00ac  mov x0, x15
;; 19: const_u32 s3, 0                          | 00b0  movz w12, #0
;; 20: const_u32 s2, 1                          | 00b4  movz w13, #0x1
;; 21: charge_units s4 * 8                      | 00b8  str x0, [x22, #0x20]
;;                                              | 00bc  str x12, [x22, #0x18]
;;                                              | 00c0  str x13, [x22, #0x10]
;;                                              | 00c4  movz w16, #0x30
;;                                              | 00c8  bl slow
;; 23: table.copy s0, base s2, 0, 0             | 00cc  movz w16, #0x32
;;                                              | 00d0  bl slow
;; 25: charge 12 checked                        | 00d4  subs x21, x21, #0xc  ; gas
;;                                              | 00d8  b.pl 00e0
;;                                              | 00dc  bl refill
;; 26: copy s3, s0                              | 00e0  mov x12, x15
;; 27: copy s2, s1                              | 00e4  mov x13, x14
;; 28: charge_units s3 * 8                      | 00e8  str x12, [x22, #0x18]
;;                                              | 00ec  str x13, [x22, #0x10]
;;                                              | 00f0  movz w16, #0x37
;;                                              | 00f4  bl slow
;; 30: table.grow s2, base s2, 0, 0             | 00f8  movz w16, #0x39
;;                                              | 00fc  bl slow
;; 32: charge 24 checked                        | 0100  subs x21, x21, #0x18  ; gas
;;                                              | 0104  b.pl 010c
;;                                              | 0108  bl refill
;; 33: table.size s3, 0                         | 010c  movz w16, #0x3c
;;                                              | 0110  bl slow
;; 34: i32.add s2, s2, s3                       | 0114  ldr x13, [x22, #0x10]
;;                                              | 0118  ldr x12, [x22, #0x18]
;;                                              | 011c  add w13, w13, w12
;; 35: table.set s0, s1, table 0                | 0120  str x13, [x22, #0x10]
;;                                              | 0124  movz w16, #0x3e
;;                                              | 0128  bl slow
;; 37: table.get s3, s0, table 0                | 012c  movz w16, #0x40
;;                                              | 0130  bl slow
;; 39: ref.is_null s3, s3                       | 0134  ldr x12, [x22, #0x18]
;;                                              | 0138  cmp x12, #0
;;                                              | 013c  cset w12, eq
;; 40: i32.sub s2, s2, s3                       | 0140  sub w13, w13, w12
;; 41: return s2                                | 0144  mov x0, x13
;;                                              | 0148  ldr w17, [x19, #8]
;;                                              | 014c  add w17, w17, #9
;;                                              | 0150  str w17, [x19, #8]
;;                                              | 0154  ldr x30, [x23], #8
;;                                              | 0158  ret
