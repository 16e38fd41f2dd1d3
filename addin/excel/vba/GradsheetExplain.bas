Option Explicit
Option Private Module

Private Const DEEPEST As Long = 20

' Why the selected cell shows an error: its formula is evaluated once more, and so are the cells that it reads.
Public Function Explanation() As String
    Dim cell As Range
    Dim place As String
    Dim depth As Long
    Explanation = "The selected cell shows no error."
    If LatestSentences() <> "" Then Explanation = Explanation & vbLf & vbLf & "The last ones:" & vbLf & LatestSentences()
    Set cell = Application.ActiveCell
    If cell Is Nothing Then Exit Function
    place = PlaceOf(cell)
    For depth = 1 To DEEPEST
        If Not IsError(cell.Value) Then Exit Function
        Explanation = Evaluation(cell)
        If Explanation <> "" Then
            If PlaceOf(cell) <> place Then
                Explanation = place & " reads " & PlaceOf(cell) & ", and there:" & vbLf & Explanation
            End If
            Exit Function
        End If
        Explanation = PlaceOf(cell) & " shows " & cell.Text & ", but no formula of Gradsheet's raised it: look at " & _
            "the formula " & cell.Formula & " and at the cells that it reads."
        Set cell = ErroneousSource(cell)
        If cell Is Nothing Then Exit Function
    Next depth
End Function

Private Function Evaluation(ByVal cell As Range) As String
    Dim whole As Object
    StartListening
    Set whole = cell
    On Error Resume Next
    If cell.HasArray Then Set whole = cell.CurrentArray
    ' Office 365 alone knows spilled formulas.
    If whole.HasSpill Then Set whole = whole.SpillParent
    whole.Calculate
    On Error GoTo 0
    Evaluation = WhatWasHeard()
End Function

Private Function ErroneousSource(ByVal cell As Range) As Range
    Dim sources As Range
    Dim source As Range
    On Error Resume Next
    Set sources = cell.DirectPrecedents
    On Error GoTo 0
    If sources Is Nothing Then Exit Function
    For Each source In sources.Cells
        If IsError(source.Value) Then
            Set ErroneousSource = source
            Exit Function
        End If
    Next source
End Function

Private Function PlaceOf(ByVal cell As Range) As String
    PlaceOf = cell.Worksheet.Name & "!" & cell.Address(False, False)
End Function
