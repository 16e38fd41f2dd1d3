Option Explicit

Private calls As Long
Private asked As Long

' Stands for Python: keeps each call in the last column of the first sheet, and answers as a script says.
Public Function CallUDF(ByVal unit As String, ByVal called As String, ByVal given As Variant, ByVal book As Variant) As Variant
    Dim cells(1, 1) As Variant
    calls = calls + 1
    ThisWorkbook.Worksheets(1).Range("ZZ" & calls).Value = unit & " " & called & " " & Described(given)
    Select Case called
        Case "click"
            asked = 0
            If UBound(given) > 1 Then
                ThisWorkbook.Worksheets(1).Range("ZV1").Value = given(2)(0) & ", one of " & UBound(given(2)) & _
                    ", and " & UBound(given(3), 1) & " name " & given(3)(1, 0) & given(3)(1, 1)
            End If
            If given(0) = "warm" Then
                CallUDF = Array("done", "Ready.")
            ElseIf given(0) = "reset" Then
                CallUDF = Array("done", "Epoch 0", ThisWorkbook.Worksheets(1).Name, "$ZY$3")
            Else
                CallUDF = Array("running", "Epoch 1")
            End If
        Case "go_on"
            asked = asked + 1
            If asked = 2 Then
                ' What a person does meanwhile: a second click, which is ignored, then Stop.
                GradsheetClick "reset"
                GradsheetClick "stop"
                ThisWorkbook.Worksheets(1).Range("ZW1").Value = IgnoredNotice()
            End If
            If asked < 3 Then
                CallUDF = Array("running", "Epoch " & asked)
            Else
                CallUDF = Array("done", "Epoch 3", ThisWorkbook.Worksheets(1).Name, "$ZX$1:$ZY$2", _
                    ThisWorkbook.Worksheets(1).Name, "$ZY$3")
            End If
        Case "block"
            If given(0) = 0 And asked > 0 Then
                cells(0, 0) = 1
                cells(0, 1) = 2
                cells(1, 0) = 3
                cells(1, 1) = 0.1
                CallUDF = cells
            Else
                CallUDF = 42
            End If
        Case "typed"
            If InStr(given(0), "NN_TANH") > 0 Then
                CallUDF = Array("NN_TANH: no arguments are given.", "one call")
            ElseIf InStr(given(0), "=NN_") = 1 Then
                CallUDF = Array("", "one call")
            Else
                CallUDF = Array("", "")
            End If
        Case "NN_RELU"
            CallUDF = "#N/A NN_RELU: inputs is bad."
        Case "NN_MATMUL"
            cells(0, 0) = 1.5
            cells(0, 1) = "#NUM!"
            cells(1, 0) = "train"
            cells(1, 1) = -2
            CallUDF = cells
        Case "NN_SIGMOID"
            CallUDF = Array(0.25, "#DIV/0!", 0.75)
        Case Else
            CallUDF = 7
    End Select
End Function

Private Function Described(ByVal given As Variant) As String
    Dim i As Long
    For i = LBound(given) To UBound(given)
        If IsObject(given(i)) Or IsArray(given(i)) Then
            Described = Described & "cells "
        ElseIf IsMissing(given(i)) Then
            Described = Described & "missing "
        Else
            Described = Described & given(i) & " "
        End If
    Next i
End Function
